// Words that say a part of what has indexes: 3, -1, 2:5, ::-1. Single-threaded.
#pragma once
#include "cli/call.hpp"
#include "object/slice.hpp"

namespace shm::verbs {

/// A whole number, negative ones too. Throws Usage.
std::int64_t index_of(const cli::Call& call, std::string_view text);
/// Whether it is meant for a slice: there is a colon in it.
inline bool is_slice(std::string_view text) noexcept { return text.find(':') != text.npos; }
/// FROM:TO or FROM:TO:STEP, each of which may be missing. Throws Usage.
object::Slice slice_of(const cli::Call& call, std::string_view text);

struct Part {
  bool one = true;  ///< element `index`; else `slice`
  std::int64_t index = 0;
  object::Slice slice;
};
/// Either of them. Throws Usage.
Part part_of(const cli::Call& call, std::string_view text);

}  // namespace shm::verbs
