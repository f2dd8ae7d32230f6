#include "segment/hash_index.hpp"
#include <cstring>

namespace shm::segment {

namespace {
constexpr std::uint64_t bucket_bytes = 64;
constexpr std::uint64_t bucket_words = bucket_bytes / 8;
constexpr std::uint64_t fill = 4;  // blocks for a bucket before another one is split

// The table's words.
constexpr std::uint64_t blocks_word = 0;
constexpr std::uint64_t buckets_word = 1;
constexpr std::uint64_t chunks_word = 2;  // and further ones
// Chunk 0 has the first buckets. Each doubling after it is four chunks, so that little memory waits for its use.
constexpr std::uint64_t first_buckets = 4;
constexpr std::size_t doublings = 26;
constexpr std::size_t chunks = 1 + 4 * doublings;
constexpr std::uint64_t most_buckets = first_buckets << doublings;

struct Place {
  std::size_t chunk;
  std::uint64_t at;      // in the chunk
  std::uint64_t length;  // buckets of the chunk
};
constexpr Place place_of(std::uint64_t bucket) noexcept {
  if (bucket < first_buckets) {
    return {0, bucket, first_buckets};
  }
  const auto doubling = static_cast<unsigned>(std::bit_width(bucket / first_buckets)) - 1;
  const std::uint64_t length = std::uint64_t{1} << doubling;
  return {1 + std::size_t{4} * doubling + (bucket >> doubling & 3), bucket & (length - 1), length};
}
static_assert(place_of(3).chunk == 0 && place_of(4).chunk == 1 && place_of(7).chunk == 4 && place_of(8).chunk == 5 &&
              place_of(9).at == 1 && place_of(10).chunk == 6 && place_of(15).chunk == 8 && place_of(15).at == 1 &&
              place_of(most_buckets - 1).chunk == chunks - 1);

// Buckets begin at lines of the cache, and blocks do not.
constexpr std::uint64_t chunk_bytes(std::uint64_t length) noexcept { return length * bucket_bytes + bucket_bytes - 8; }
constexpr Ref bucket_in(Ref chunk, std::uint64_t at) noexcept {
  return {(chunk.offset + bucket_bytes - 1) / bucket_bytes * bucket_bytes + at * bucket_bytes};
}

// The bucket of a tag when there are `buckets`: by as many low bits as all buckets need, or by one less where that
// bucket has not been split off yet.
constexpr std::uint64_t number_of(std::uint64_t tag, std::uint64_t buckets) noexcept {
  const std::uint64_t all = std::bit_ceil(buckets);
  const std::uint64_t number = tag & (all - 1);
  return number < buckets ? number : number - all / 2;
}
static_assert(number_of(7, 8) == 7 && number_of(8, 9) == 8 && number_of(9, 9) == 1 && number_of(15, 16) == 15);

std::uint64_t fold(std::uint64_t left, std::uint64_t right) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(left) * right;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

void put_empty(const Fresh& bucket) noexcept {
  for (std::uint64_t i = 0; i < bucket_words; ++i) {
    bucket.put(i, 0);
  }
}

// Slots one after the other into a bucket that nobody can reach, and into further ones as they are needed.
class Filler {
 public:
  Filler(Transaction& change, const Fresh& first) : change_(change), now_(first) { put_empty(now_); }
  void add(std::uint64_t slot) noexcept {
    if (at_ == bucket_words - 1) {
      const Fresh more = change_.allocate(bucket_bytes);
      put_empty(more);
      now_.put(at_, more.ref().offset);
      now_ = more;
      at_ = 0;
    }
    now_.put(at_++, slot);
  }

 private:
  Transaction& change_;
  Fresh now_;
  std::uint64_t at_ = 0;
};

// The slots that stay in a chain of buckets, moved to its beginning: never beyond the slot that was read last.
class Packer {
 public:
  Packer(Transaction& change, Ref first) : change_(change), bucket_(first) {}
  void keep(std::uint64_t slot) noexcept {
    if (at_ == bucket_words - 1) {
      bucket_ = change_.ref(bucket_ + at_);
      at_ = 0;
    }
    put(slot);
  }
  /// Empties and frees what is left over.
  void finish() noexcept {
    while (at_ < bucket_words - 1) {
      put(0);
    }
    Ref rest = change_.ref(bucket_ + at_);
    put(0);
    Walk walk(change_);
    while (rest && walk.step() && !change_.failed()) {
      const Ref next = change_.ref(rest + (bucket_words - 1));
      change_.free(rest);
      rest = next;
    }
  }

 private:
  void put(std::uint64_t word) noexcept {
    if (change_.get(bucket_ + at_) != word) {
      change_.set(bucket_ + at_, word);
    }
    ++at_;
  }
  Transaction& change_;
  Ref bucket_;
  std::uint64_t at_ = 0;
};
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

std::uint64_t HashIndex::slot_of(const Reader& reader, std::uint64_t hash, Ref block, bool marked) noexcept {
  const std::uint64_t place = (block.offset - 8) / 16;
  if (block.offset % 16 != 8 || place == 0 || place >> place_shift != 0) {
    reader.mark_damaged();
  }
  return place << place_shift | tag_of(hash) << tag_shift | (marked ? mark : 0);
}

Ref HashIndex::bucket(const Reader& reader, Ref table, std::uint64_t number) noexcept {
  const Place place = place_of(number);
  const Ref chunk = place.chunk < chunks ? reader.ref(table + chunks_word + place.chunk) : Ref{};
  if (!chunk) {
    reader.mark_damaged();
    return {};
  }
  return bucket_in(chunk, place.at);
}

Ref HashIndex::bucket_of(const Reader& reader, Ref table, std::uint64_t tag) noexcept {
  const std::uint64_t count = reader.get(table + buckets_word);
  if (count < first_buckets || count > most_buckets) {
    reader.mark_damaged();
    return {};
  }
  return bucket(reader, table, number_of(tag, count));
}

Ref HashIndex::first(const Reader& reader, std::uint64_t hash) const noexcept {
  const Ref table = reader.ref_root(root_);
  return table ? bucket_of(reader, table, tag_of(hash)) : Ref{};
}

void HashIndex::prefetch(const Reader& reader, std::uint64_t hash) const noexcept {
  reader.prefetch(first(reader, hash));
}

std::uint64_t HashIndex::size(const Reader& reader) const noexcept {
  const Ref table = reader.ref_root(root_);
  return table ? reader.get(table + blocks_word) : 0;
}

std::uint64_t HashIndex::buckets(const Reader& reader) const noexcept {
  const Ref table = reader.ref_root(root_);
  return table ? std::min(reader.get(table + buckets_word), most_buckets) : 0;
}

Ref HashIndex::numbered(const Reader& reader, std::uint64_t number) const noexcept {
  return number < buckets(reader) ? bucket(reader, reader.ref_root(root_), number) : Ref{};
}

Ref HashIndex::make_table(Transaction& change) const noexcept {
  const Fresh table = change.allocate((chunks_word + chunks) * 8);
  const Fresh chunk = change.allocate(chunk_bytes(first_buckets));
  for (std::uint64_t i = 0; i < chunk.size() / 8; ++i) {
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

void HashIndex::insert(Transaction& change, std::uint64_t hash, Ref block, bool marked) const noexcept {
  Ref table = change.ref_root(root_);
  if (!table) {
    table = make_table(change);
  }
  if (change.failed()) {
    return;
  }
  const std::uint64_t blocks = change.get(table + blocks_word);
  if (blocks / fill >= change.get(table + buckets_word)) {
    split(change, table);
  }
  const Ref into = bucket_of(change, table, tag_of(hash));
  const std::uint64_t slot = slot_of(change, hash, block, marked);
  if (change.failed()) {
    return;
  }
  add(change, into, slot);
  change.set(table + blocks_word, blocks + 1);
}

void HashIndex::add(Transaction& change, Ref bucket, std::uint64_t slot) noexcept {
  Walk walk(change);
  while (walk.step()) {
    for (std::uint64_t i = 0; i < slots; ++i) {
      if (change.get(bucket + i) == 0) {
        change.set(bucket + i, slot);
        return;
      }
    }
    const Ref next = change.ref(bucket + slots);
    if (!next) {
      const Fresh more = change.allocate(bucket_bytes);
      put_empty(more);
      more.put(0, slot);
      change.set(bucket + slots, more.ref());
      return;
    }
    bucket = next;
  }
}

// One bucket more, with what belongs there of the one that it is split from. Its memory has no meaning before it is one
// of the buckets, and how many there are never falls while the chunk is theirs: it needs no log.
void HashIndex::split(Transaction& change, Ref table) noexcept {
  const std::uint64_t count = change.get(table + buckets_word);
  if (count < first_buckets || count >= most_buckets) {
    if (count != most_buckets) {
      change.mark_damaged();
    }
    return;
  }
  const Place place = place_of(count);
  if (place.at == 0) {
    change.set(table + chunks_word + place.chunk, change.allocate(chunk_bytes(place.length)).ref());
  }
  const Ref chunk = change.ref(table + chunks_word + place.chunk);
  const Ref from = bucket(change, table, count - std::bit_floor(count));
  if (change.failed()) {
    return;
  }
  Filler moved(change, change.spare(chunk, bucket_in(chunk, place.at).offset - chunk.offset));
  Packer stays(change, from);
  Walk walk(change);
  for (Ref each = from; each && walk.step(); each = change.ref(each + slots)) {
    for (std::uint64_t i = 0; i < slots; ++i) {
      const std::uint64_t slot = change.get(each + i);
      if (slot == 0) {
        continue;
      }
      if (number_of(tag_in(slot), count + 1) == count) {
        moved.add(slot);
      } else {
        stays.keep(slot);
      }
    }
  }
  stays.finish();
  change.set(table + buckets_word, count + 1);
}

HashIndex::Found HashIndex::locate(Transaction& change, std::uint64_t hash, Ref block) const noexcept {
  const std::uint64_t wanted = slot_of(change, hash, block, false);
  Ref before;
  Walk walk(change);
  for (Ref each = first(change, hash); each && walk.step(); before = each, each = change.ref(each + slots)) {
    for (std::uint64_t i = 0; i < slots; ++i) {
      if ((change.get(each + i) & ~mark) == wanted) {
        return {before, each, each + i};
      }
    }
  }
  change.mark_damaged();
  return {};
}

void HashIndex::replace(Transaction& change, std::uint64_t hash, Ref old, Ref block, bool marked) const noexcept {
  const Found found = locate(change, hash, old);
  if (found.slot) {
    change.set(found.slot, slot_of(change, hash, block, marked));
  }
}

void HashIndex::erase(Transaction& change, std::uint64_t hash, Ref block) const noexcept {
  const Found found = locate(change, hash, block);
  if (!found.slot) {
    return;
  }
  const Ref table = change.ref_root(root_);
  const std::uint64_t blocks = change.get(table + blocks_word);
  if (blocks == 1 && change.get(table + buckets_word) > first_buckets) {
    clear(change);  // what was many takes no memory any more
    return;
  }
  change.set(found.slot, 0);
  change.set(table + blocks_word, blocks - 1);
  if (!found.before) {
    return;
  }
  for (std::uint64_t i = 0; i < slots; ++i) {
    if (change.get(found.bucket + i) != 0) {
      return;
    }
  }
  change.set(found.before + slots, change.ref(found.bucket + slots));
  change.free(found.bucket);
}

void HashIndex::clear(Transaction& change) const noexcept {
  const Ref table = change.ref_root(root_);
  if (!table) {
    return;
  }
  for (std::uint64_t number = buckets(change); number > 0 && !change.failed(); --number) {
    const Ref bucket = numbered(change, number - 1);
    Walk walk(change);
    for (Ref each = change.ref(bucket + slots); each && walk.step() && !change.failed();) {
      const Ref next = change.ref(each + slots);
      change.free(each);
      each = next;
    }
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
