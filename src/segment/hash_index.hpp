// Finds blocks of an object by the hash of a key, however many there are, and grows and splits a little with each
// insertion, never all at once (linear hashing). The blocks are the kind's own; each has two words for the index, one
// after the other: the link, which is the index's, and the hash, which the kind puts there before insert().
// Pure description: where in the object the index is. Reading goes through a Reader, changing through a Transaction.
// Invariant: an entry of hash h is in the chain of bucket h modulo the number of buckets as far as they were split.
#pragma once
#include <bit>
#include "segment/transaction.hpp"

namespace shm::segment {

/// Of any bytes; the same in every version of shmctl, for it is kept in objects. `seed`: Reader::seed().
std::uint64_t hash_of(std::span<const std::byte> bytes, std::uint64_t seed) noexcept;

class HashIndex {
 public:
  /// `root_word`: the root word that refers to the table, 0 as long as nothing was inserted. `link_word`: where in each
  /// entry the link is, the hash behind it.
  constexpr HashIndex(std::size_t root_word, std::size_t link_word) noexcept : root_(root_word), link_(link_word) {}

  /// How many entries there are.
  [[nodiscard]] std::uint64_t size(const Reader& reader) const noexcept;

  /// The first entry of that hash for which `match(entry)`; none if there is none.
  template <class Match>
  [[nodiscard]] Ref find(const Reader& reader, std::uint64_t hash, Match match) const noexcept {
    Walk walk(reader);
    for (Ref entry = first(reader, hash); entry && walk.step(); entry = reader.ref(entry + link_)) {
      if (reader.get(entry + link_ + 1) == hash && match(entry)) {
        return entry;
      }
    }
    return {};
  }

  void insert(Transaction& change, Ref entry) const noexcept;
  /// `entry` must be in it.
  void erase(Transaction& change, Ref entry) const noexcept;
  /// Forgets all entries, and frees what the index itself has.
  void clear(Transaction& change) const noexcept;

 private:
  [[nodiscard]] Ref first(const Reader& reader, std::uint64_t hash) const noexcept;
  [[nodiscard]] static Ref bucket_of(const Reader& reader, Ref table, std::uint64_t hash) noexcept;
  [[nodiscard]] static Ref bucket(const Reader& reader, Ref table, std::uint64_t number) noexcept;
  [[nodiscard]] Ref make_table(Transaction& change) const noexcept;
  void split(Transaction& change, Ref table) const noexcept;

  std::size_t root_;
  std::size_t link_;
};

}  // namespace shm::segment
