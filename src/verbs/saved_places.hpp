// Which stores save and restore are about, and where each is saved. Only save.cpp and restore.cpp include this.
// Single-threaded.
#pragma once
#include <functional>
#include "cli/call.hpp"
#include "store/save_file.hpp"
#include "store/saved_stores.hpp"

namespace shm::verbs {

struct SavedStore {
  std::string said;  ///< as --store says it
  store::Place place;
  std::string file;       ///< its path; empty: the store's own place, which can't be known
  bool by_marks = false;  ///< what the store's marks name is saved, not all
};

/// Whether --persisted and --all-stores were said, and make sense beside what else was. Throws Usage.
void check_words(const cli::Call& call, std::size_t most_operands);
/// The store that the call means, saved to `file`, or to its default place where that is empty.
SavedStore saved_store(const cli::Call& call, std::string_view said, std::string_view file);

using EachStore = os::Result<void> (*)(std::uint32_t euid, void (*visit)(void* context, std::string_view said),
                                       void* context) noexcept;
/// Calls `act(stored)` for the store that the call means, or for all that `each` finds with --all-stores: what fails
/// with one is told, and the next one's turn comes.
void for_each_store(cli::Call& call, std::string_view file, EachStore each,
                    const std::function<void(const SavedStore& stored)>& act);

/// FILE's directory, open. `store`: may be null, where there is none yet.
store::SavePlace open_place(const SavedStore& stored, const store::Store* store);

}  // namespace shm::verbs
