// Finds blocks of an object by the hash of a key, however many there are, and grows and splits a little with each
// insertion, never all at once (linear hashing). The blocks are the kind's own, and nothing of them is the index's.
// A bucket is a line of the cache: seven slots and, where that is too few, a link to a further bucket. A slot has the
// place of its block, 31 bits of the hash, and a mark of the kind's own: so a search reads one line and the block that
// it looks for, and splitting reads no block at all.
// Pure description: where in the object the index is. Reading goes through a Reader, changing through a Transaction.
// Invariants: a slot of hash h is in bucket h modulo the number of buckets as far as they were split; only a bucket
// that another one links to, and the first of a chain, may be empty.
#pragma once
#include <bit>
#include "segment/transaction.hpp"

namespace shm::segment {

/// Of any bytes; the same in every version of shmctl, for it is kept in objects. `seed`: Reader::seed().
std::uint64_t hash_of(std::span<const std::byte> bytes, std::uint64_t seed) noexcept;

class HashIndex {
 public:
  /// `root_word`: the root word that refers to the table, 0 as long as nothing was inserted.
  explicit constexpr HashIndex(std::size_t root_word) noexcept : root_(root_word) {}

  /// How many blocks there are.
  [[nodiscard]] std::uint64_t size(const Reader& reader) const noexcept;

  /// The first block of that hash, or of one that looks much like it, for which `match(block)`; none if there is none.
  template <class Match>
  [[nodiscard]] Ref find(const Reader& reader, std::uint64_t hash, Match match) const noexcept {
    const std::uint64_t wanted = tag_of(hash) << tag_shift;
    Walk walk(reader);
    for (Ref bucket = first(reader, hash); bucket && walk.step(); bucket = reader.ref(bucket + slots)) {
      for (std::uint64_t i = 0; i < slots; ++i) {
        const std::uint64_t slot = reader.get(bucket + i);
        if ((slot & tag_mask) == wanted && slot != 0 && match(block_in(slot))) {
          return block_in(slot);
        }
      }
    }
    return {};
  }
  /// Begins to bring nearer what find() will read first: for who has something else to do until then.
  void prefetch(const Reader& reader, std::uint64_t hash) const noexcept;

  /// `block`: as allocate() returned it.
  void insert(Transaction& change, std::uint64_t hash, Ref block, bool marked = false) const noexcept;
  /// `old` must be in it, by that hash; `block` takes its place. They may be the same, of another mark.
  void replace(Transaction& change, std::uint64_t hash, Ref old, Ref block, bool marked = false) const noexcept;
  /// `block` must be in it, by that hash.
  void erase(Transaction& change, std::uint64_t hash, Ref block) const noexcept;
  /// Forgets all blocks, and frees what the index itself has.
  void clear(Transaction& change) const noexcept;

  /// For who looks at all of them: the buckets are numbered from 0 on. A block that is there all the time is met when
  /// all numbers were visited in turn, those included that were added meanwhile; perhaps twice, if some were.
  [[nodiscard]] std::uint64_t buckets(const Reader& reader) const noexcept;
  /// Calls `act(block, marked)` for each block of a bucket; that must not change the index.
  template <class Act>
  void visit(const Reader& reader, std::uint64_t number, Act act) const noexcept {
    Walk walk(reader);
    for (Ref bucket = numbered(reader, number); bucket && walk.step(); bucket = reader.ref(bucket + slots)) {
      for (std::uint64_t i = 0; i < slots; ++i) {
        if (const std::uint64_t slot = reader.get(bucket + i); slot != 0) {
          act(block_in(slot), (slot & mark) != 0);
        }
      }
    }
  }

 private:
  // A slot: the block's place / 16, the tag, the mark. No block is at place 0.
  static constexpr std::uint64_t mark = 1;
  static constexpr unsigned tag_shift = 1;
  static constexpr std::uint64_t tag_mask = 0xfffffffeU;
  static constexpr unsigned place_shift = 32;
  static constexpr std::uint64_t slots = 7;  // of a bucket; the link is behind them
  // Hashes may be numbers that follow one another: the bits that choose the bucket must differ too.
  static constexpr std::uint64_t tag_of(std::uint64_t hash) noexcept { return hash * 0x9e3779b97f4a7c15U >> 33U; }
  static constexpr std::uint64_t tag_in(std::uint64_t slot) noexcept { return (slot & tag_mask) >> tag_shift; }
  static constexpr Ref block_in(std::uint64_t slot) noexcept { return {(slot >> place_shift) * 16 + 8}; }
  static std::uint64_t slot_of(const Reader& reader, std::uint64_t hash, Ref block, bool marked) noexcept;

  [[nodiscard]] Ref first(const Reader& reader, std::uint64_t hash) const noexcept;
  [[nodiscard]] Ref numbered(const Reader& reader, std::uint64_t number) const noexcept;
  [[nodiscard]] static Ref bucket(const Reader& reader, Ref table, std::uint64_t number) noexcept;
  [[nodiscard]] static Ref bucket_of(const Reader& reader, Ref table, std::uint64_t tag) noexcept;
  [[nodiscard]] Ref make_table(Transaction& change) const noexcept;
  static void add(Transaction& change, Ref bucket, std::uint64_t slot) noexcept;
  static void split(Transaction& change, Ref table) noexcept;
  struct Found {
    Ref before;  // the bucket that links to the slot's; none: it is the first
    Ref bucket;
    Ref slot;
  };
  [[nodiscard]] Found locate(Transaction& change, std::uint64_t hash, Ref block) const noexcept;

  std::size_t root_;
};

}  // namespace shm::segment
