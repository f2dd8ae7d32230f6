// A kind with no meaning, for trying transactions themselves: root words, and a list of blocks each of which says how
// many words of it are in use. For the harness alone.
#pragma once
#include <functional>
#include "kinds.hpp"

namespace crash::raw {

inline constexpr std::size_t words = 8;      ///< root words with plain numbers
inline constexpr std::size_t list_root = 8;  ///< the first block
inline constexpr std::uint64_t next_word = 0;
inline constexpr std::uint64_t used_word = 1;
inline constexpr std::uint64_t first_word = 2;

void create(const shm::store::Store& store);
/// `between` is called between any two words that are read.
std::string describe(const shm::segment::Reader& reader, const std::function<void()>& between = {});

/// A new block of `size` words, the first in the list. They hold numbers that begin with `number`.
void add(shm::segment::Transaction& change, std::uint64_t size, std::uint64_t number);
/// The block that is number `index` in the list.
shm::segment::Ref block(const shm::segment::Transaction& change, std::uint64_t index);
/// Unlinks and frees that.
void drop(shm::segment::Transaction& change, std::uint64_t index);
/// Puts words behind those in use, without a log.
void append(shm::segment::Transaction& change, std::uint64_t index, std::uint64_t count, std::uint64_t number);

/// A change of an open object, as an operation.
std::function<Act(const shm::store::Store&)> change(std::function<Outcome(shm::segment::Transaction&)> act);

}  // namespace crash::raw
