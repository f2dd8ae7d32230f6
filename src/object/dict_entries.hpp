// How a dict lies in its object: a block for each key, found by a hash index, in which those that have an end are
// marked. Finding and changing entries, without a thought of limits.
// For src/object/dict*.cpp, and the harness. One thread at a time.
// Invariants: the bytes and the count of entries with an end are those of the entries; where `due` is of this boot, no
// entry ends before it.
#pragma once
#include "object/dict.hpp"
#include "segment/hash_index.hpp"

namespace shm::object::dict {

using segment::Reader;
using segment::Ref;
using segment::Transaction;
using segment::Walk;
using Bytes = Dict::Bytes;

// Root words: part of the format.
enum Root : std::uint8_t {
  index_root,
  bytes,      // of keys and values, a number being 8
  ending,     // entries that have an end
  due,        // of the clock that counts suspend: none ends before, as far as is known
  due_boot,   // the boot that this is said of
  sweep_at,   // the bucket where the search for entries that are over goes on
  sweep_due,  // what `due` will be when it has been through all of them
};

// Words of an entry: part of the format. Behind them stand its end, three words, if it has one; its key; its value, if
// that is no number; each from a word of its own.
enum EntryWord : std::uint8_t {
  meta,    // the key's size << 8 | flags
  amount,  // the number, or the value's size
  head_words,
};
inline constexpr std::uint64_t number_flag = 1;
inline constexpr std::uint64_t end_flag = 2;
inline constexpr std::uint64_t end_words = 3;

inline constexpr segment::HashIndex by_key(index_root);

constexpr std::uint64_t words_of(std::uint64_t size) noexcept { return size / 8 + (size % 8 != 0 ? 1 : 0); }

/// An entry, or that there is none.
struct Entry {
  Ref at;
  std::uint64_t flags = 0;
  std::uint64_t key_size = 0;
  std::uint64_t held = 0;  ///< the number, or the value's size

  explicit operator bool() const noexcept { return static_cast<bool>(at); }
  [[nodiscard]] bool is_number() const noexcept { return (flags & number_flag) != 0; }
  [[nodiscard]] bool has_end() const noexcept { return (flags & end_flag) != 0; }
  [[nodiscard]] std::int64_t number() const noexcept { return static_cast<std::int64_t>(held); }
  [[nodiscard]] std::uint64_t value_size() const noexcept { return is_number() ? 8 : held; }
  [[nodiscard]] Ref key() const noexcept { return at + head_words + (has_end() ? end_words : 0); }
  [[nodiscard]] Ref value() const noexcept { return key() + words_of(key_size); }
  /// Bytes that it needs.
  [[nodiscard]] std::uint64_t size() const noexcept {
    return (value().offset - at.offset) + (is_number() ? 0 : words_of(held) * 8);
  }
};
Entry entry_at(const Reader& reader, Ref at) noexcept;
/// When it ends; boottime_ns 0: never.
Expiry end_of(const Reader& reader, const Entry& entry) noexcept;
bool is_over(const Reader& reader, const Entry& entry) noexcept;

/// The entry of that key, be it over or not; none if there is none.
Entry find_any(const Reader& reader, std::uint64_t hash, Bytes key) noexcept;
/// The same, but none if it is over.
Entry find(const Reader& reader, std::uint64_t hash, Bytes key) noexcept;
/// A copy of its value. Code::corrupt, full.
os::Result<DictValue> value_of(const Reader& reader, const Entry& entry, std::string_view name) noexcept;
/// Whether its value has those bytes.
bool holds(const Reader& reader, const Entry& entry, Bytes value) noexcept;

/// A value as it will be kept.
struct NewValue {
  bool is_number = false;
  std::int64_t number = 0;
  Bytes bytes;  ///< if it is no number

  static NewValue of(Bytes bytes) noexcept;
  static NewValue of(std::int64_t number) noexcept { return {true, number, {}}; }
  [[nodiscard]] std::uint64_t size() const noexcept { return is_number ? 8 : bytes.size(); }
};

/// Sets the key's value and end. `old`: its entry, if there is one.
void put(Transaction& change, std::uint64_t hash, Bytes key, const Entry& old, const NewValue& value,
         const Expiry& end) noexcept;
void remove(Transaction& change, std::uint64_t hash, const Entry& entry) noexcept;
/// Frees all. Returns how many there were that were not over.
std::uint64_t clear(Transaction& change) noexcept;

/// How many entries are not over.
std::uint64_t live(const Reader& reader) noexcept;
/// Whether none is over, for sure.
bool none_over(const Reader& reader) noexcept;
/// Frees some of what is over: a bucket or two is looked at.
void purge_some(Transaction& change) noexcept;
/// Frees all that is over.
void purge(Transaction& change) noexcept;

}  // namespace shm::object::dict
