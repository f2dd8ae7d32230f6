#include "kinds.hpp"
#include "report.hpp"
#include "state.hpp"

namespace crash {

using shm::os::Code;
using shm::os::Result;
using shm::segment::Reader;
using shm::segment::Ref;
using shm::segment::Region;
using shm::segment::Walk;

void must(const Outcome& outcome) {
  if (outcome) {
    give_up(text(*outcome));
  }
}

std::string content_of(const shm::store::Store& store, shm::os::Access access,
                       const std::function<std::string(const Reader&)>& look) {
  const auto region = Region::open(store, object_name, access);
  if (!region) {
    return region.error().code == Code::absent ? std::string(absent) : "error: " + text(region.error());
  }
  const auto seen = region->read([&](const Reader& reader) -> Result<std::string> { return look(reader); });
  if (!seen) {
    return seen.error().code == Code::absent ? std::string(absent) : "error: " + text(seen.error());
  }
  return *seen;
}

void add_index_blocks(const Reader& reader, std::size_t root_word, std::vector<Block>& into) {
  constexpr std::uint64_t buckets_word = 1;
  constexpr std::uint64_t chunks_word = 2;
  constexpr std::uint64_t chunks = 105;
  constexpr std::uint64_t bucket_bytes = 64;
  constexpr std::uint64_t link_word = 7;
  const Ref table = reader.ref_root(root_word);
  if (!table) {
    return;
  }
  into.push_back({table, (chunks_word + chunks) * 8});
  std::uint64_t left = reader.get(table + buckets_word);
  Walk walk(reader);
  for (std::uint64_t i = 0; i < chunks && walk.step(); ++i) {
    const std::uint64_t length = i == 0 ? 4 : std::uint64_t{1} << (i - 1) / 4;
    const Ref chunk = reader.ref(table + chunks_word + i);
    if (!chunk) {
      continue;
    }
    into.push_back({chunk, (length + 1) * bucket_bytes - 8});
    Ref bucket{(chunk.offset + bucket_bytes - 1) / bucket_bytes * bucket_bytes};
    for (std::uint64_t at = 0; at < length && left > 0 && walk.step(); ++at, --left, bucket.offset += bucket_bytes) {
      for (Ref more = reader.ref(bucket + link_word); more && walk.step(); more = reader.ref(more + link_word)) {
        into.push_back({more, bucket_bytes});
      }
    }
  }
}

std::vector<Kind> all_kinds() {
  return {raw_kind(),   index_kind(), queue_kind(), dict_kind(),    list_kind(),
          array_kind(), block_kind(), text_kind(),  counter_kind(), value_kind()};
}

}  // namespace crash
