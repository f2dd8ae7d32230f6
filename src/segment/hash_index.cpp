#include "segment/hash_index.hpp"
#include <cstring>

namespace shm::segment {

namespace {
// The table's words.
constexpr std::uint64_t entries_word = 0;
constexpr std::uint64_t buckets_word = 1;
constexpr std::uint64_t chunks_word = 2;  // and further ones: chunk k has first_buckets << k buckets
constexpr std::size_t chunks = 30;
constexpr std::uint64_t first_buckets = 8;
constexpr std::uint64_t most_buckets = first_buckets * ((std::uint64_t{1} << chunks) - 1);

constexpr std::size_t chunk_of(std::uint64_t bucket) noexcept {
  return static_cast<std::size_t>(std::bit_width(bucket / first_buckets + 1)) - 1;
}
constexpr std::uint64_t place_in_chunk(std::uint64_t bucket) noexcept {
  return bucket - first_buckets * ((std::uint64_t{1} << chunk_of(bucket)) - 1);
}
static_assert(chunk_of(0) == 0 && chunk_of(7) == 0 && chunk_of(8) == 1 && place_in_chunk(8) == 0 && chunk_of(23) == 1 &&
              chunk_of(24) == 2 && place_in_chunk(24) == 0);

// The bucket of a hash when there are `buckets`: by as many low bits as all buckets need, or by one less where that
// bucket has not been split off yet.
constexpr std::uint64_t number_of(std::uint64_t hash, std::uint64_t buckets) noexcept {
  const std::uint64_t all = std::bit_ceil(buckets);
  const std::uint64_t number = hash & (all - 1);
  return number < buckets ? number : number - all / 2;
}
static_assert(number_of(7, 8) == 7 && number_of(8, 9) == 8 && number_of(9, 9) == 1 && number_of(15, 16) == 15);

std::uint64_t fold(std::uint64_t left, std::uint64_t right) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(left) * right;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}
}  // namespace

std::uint64_t hash_of(std::span<const std::byte> bytes, std::uint64_t seed) noexcept {
  constexpr std::uint64_t odd[] = {0x9e3779b97f4a7c15U, 0xd6e8feb86659fd93U, 0xa0761d6478bd642fU};
  std::uint64_t hash = fold(seed ^ odd[0], bytes.size() ^ odd[1]);
  for (std::size_t done = 0; done < bytes.size(); done += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + done, std::min<std::size_t>(8, bytes.size() - done));
    hash = fold(hash ^ word ^ odd[2], odd[1] ^ (hash >> 32U)) + word * odd[0];
  }
  return fold(hash ^ odd[0], odd[2]);
}

Ref HashIndex::bucket(const Reader& reader, Ref table, std::uint64_t number) noexcept {
  const std::size_t chunk = chunk_of(number);
  if (chunk >= chunks) {
    reader.mark_damaged();
    return {};
  }
  const Ref at = reader.ref(table + chunks_word + chunk);
  if (!at) {
    reader.mark_damaged();
  }
  return at + place_in_chunk(number);
}

Ref HashIndex::bucket_of(const Reader& reader, Ref table, std::uint64_t hash) noexcept {
  const std::uint64_t buckets = reader.get(table + buckets_word);
  if (buckets < first_buckets || buckets > most_buckets) {
    reader.mark_damaged();
    return {};
  }
  return bucket(reader, table, number_of(hash, buckets));
}

std::uint64_t HashIndex::size(const Reader& reader) const noexcept {
  const Ref table = reader.ref_root(root_);
  return table ? reader.get(table + entries_word) : 0;
}

Ref HashIndex::first(const Reader& reader, std::uint64_t hash) const noexcept {
  const Ref table = reader.ref_root(root_);
  if (!table) {
    return {};
  }
  const Ref at = bucket_of(reader, table, hash);
  return reader.damaged() ? Ref{} : reader.ref(at);
}

Ref HashIndex::make_table(Transaction& change) const noexcept {
  const Fresh table = change.allocate((chunks_word + chunks) * 8);
  const Fresh chunk = change.allocate(first_buckets * 8);
  for (std::uint64_t i = 0; i < first_buckets; ++i) {
    chunk.put(i, 0);
  }
  for (std::uint64_t i = 0; i < chunks_word + chunks; ++i) {
    table.put(i, 0);
  }
  table.put(buckets_word, first_buckets);
  table.put(chunks_word, chunk.ref().offset);
  change.set_root(root_, table.ref());
  return table.ref();
}

void HashIndex::insert(Transaction& change, Ref entry) const noexcept {
  Ref table = change.ref_root(root_);
  if (!table) {
    table = make_table(change);
  }
  if (change.failed()) {
    return;
  }
  const std::uint64_t entries = change.get(table + entries_word);
  if (entries >= change.get(table + buckets_word)) {
    split(change, table);
  }
  const Ref at = bucket_of(change, table, change.get(entry + link_ + 1));
  if (change.failed()) {
    return;
  }
  change.set(entry + link_, change.get(at));
  change.set(at, entry);
  change.set(table + entries_word, entries + 1);
}

// One bucket more, with what belongs there of the one that it is split from.
void HashIndex::split(Transaction& change, Ref table) const noexcept {
  const std::uint64_t buckets = change.get(table + buckets_word);
  if (buckets < first_buckets || buckets >= most_buckets) {
    if (buckets != most_buckets) {
      change.mark_damaged();
    }
    return;
  }
  if (place_in_chunk(buckets) == 0) {
    const Fresh chunk = change.allocate((first_buckets << chunk_of(buckets)) * 8);
    change.set(table + chunks_word + chunk_of(buckets), chunk.ref());
  }
  const Ref to = bucket(change, table, buckets);
  const Ref from = bucket(change, table, buckets - std::bit_floor(buckets));
  change.set(table + buckets_word, buckets + 1);
  Ref stays;  // ends of both chains; none: still at the bucket itself
  Ref moves;
  Walk walk(change);
  const auto append = [&](Ref bucket_at, Ref& last, Ref entry) {
    change.set(last ? last + link_ : bucket_at, entry);
    last = entry;
  };
  Ref each = change.failed() ? Ref{} : change.ref(from);
  while (each && walk.step()) {
    const Ref next = change.ref(each + link_);
    if (number_of(change.get(each + link_ + 1), buckets + 1) == buckets) {
      append(to, moves, each);
    } else {
      append(from, stays, each);
    }
    each = next;
  }
  change.set(moves ? moves + link_ : to, Ref{});
  change.set(stays ? stays + link_ : from, Ref{});
}

void HashIndex::erase(Transaction& change, Ref entry) const noexcept {
  const Ref table = change.ref_root(root_);
  if (!table) {
    change.mark_damaged();
    return;
  }
  Ref at = bucket_of(change, table, change.get(entry + link_ + 1));
  Walk walk(change);
  for (Ref each = change.failed() ? Ref{} : change.ref(at); each && walk.step(); each = change.ref(at)) {
    if (each == entry) {
      change.set(at, change.get(entry + link_));
      change.set(table + entries_word, change.get(table + entries_word) - 1);
      return;
    }
    at = each + link_;
  }
  change.mark_damaged();
}

void HashIndex::clear(Transaction& change) const noexcept {
  const Ref table = change.ref_root(root_);
  if (!table) {
    return;
  }
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
    if (const Ref at = change.ref(table + chunks_word + chunk)) {
      change.free(at);
    }
  }
  change.free(table);
  change.set_root(root_, Ref{});
}

}  // namespace shm::segment
