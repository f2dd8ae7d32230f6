// The kinds of objects that the harness tries, one entry each, and what it does with them. How to add one: README.md.
// For the harness alone.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>
#include "segment/region.hpp"

namespace crash {

using Outcome = std::optional<shm::os::Error>;  ///< none: it went well
using Act = std::function<Outcome()>;

struct Block {
  shm::segment::Ref at;
  std::uint64_t size = 0;  ///< bytes that it must have
};

struct Workload {
  std::string name;
  /// Brings a new object into the state before. Not stepped through.
  std::function<void(const shm::store::Store&)> prepare;
  /// Opens the object and returns the operation, which is stepped through. It may run again.
  std::function<Act(const shm::store::Store&)> operation;
  bool again = true;   ///< done again after it did not happen, it has the same effect
  bool quick = false;  ///< part of the quick round that mutants get
  /// Only for an operation of several transactions, which may be seen in between: finishes or undoes what was left by
  /// somebody who has ended, so that the content is the one before or the one after.
  std::function<void(const shm::store::Store&)> settle = {};
  bool one_word = false;  ///< done by one atomic instruction, of which the generation tells nothing
};

struct Kind {
  std::string name;
  std::function<void(const shm::store::Store&)> create;
  std::vector<Workload> workloads;
  /// All that a user can see, for comparing; `absent` for an object that is not there.
  std::function<std::string(const shm::store::Store&, shm::os::Access)> content;
  /// What the kind has of the heap, by its root words. None: the kind has no heap.
  std::function<std::vector<Block>(const shm::segment::Reader&)> blocks;
  std::uint64_t fixed = 0;  ///< bytes before the heap that are the kind's own
};

Kind raw_kind();
Kind index_kind();
Kind list_kind();
Kind queue_kind();
Kind dict_kind();
Kind text_kind();
Kind array_kind();
Kind block_kind();
Kind counter_kind();
Kind value_kind();
std::vector<Kind> all_kinds();

/// A workload of kind raw that is made up from `seed`.
Workload random_workload(std::uint64_t seed);

// For entries.
void must(const Outcome& outcome);
template <class T>
Outcome outcome_of(const shm::os::Result<T>& result) {
  return result ? Outcome() : Outcome(result.error());
}
template <class T>
T must(shm::os::Result<T> result) {
  must(outcome_of(result));
  return std::move(*result);
}
/// Reads through Region::read(); the text of the error if that fails.
std::string content_of(const shm::store::Store& store, shm::os::Access access,
                       const std::function<std::string(const shm::segment::Reader&)>& look);
/// What an index has of the heap for itself.
void add_index_blocks(const shm::segment::Reader& reader, std::size_t root_word, std::vector<Block>& into);

}  // namespace crash
