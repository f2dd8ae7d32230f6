#include "kinds.hpp"
#include "report.hpp"
#include "state.hpp"

namespace crash {

using shm::os::Code;
using shm::os::Result;
using shm::segment::Reader;
using shm::segment::Ref;
using shm::segment::Region;

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
  constexpr std::uint64_t chunks_word = 2;
  constexpr std::uint64_t chunks = 30;
  constexpr std::uint64_t first_buckets = 8;
  const Ref table = reader.ref_root(root_word);
  if (!table) {
    return;
  }
  into.push_back({table, (chunks_word + chunks) * 8});
  for (std::uint64_t i = 0; i < chunks; ++i) {
    if (const Ref chunk = reader.ref(table + chunks_word + i)) {
      into.push_back({chunk, (first_buckets << i) * 8});
    }
  }
}

std::vector<Kind> all_kinds() {
  return {raw_kind(), index_kind(), queue_kind(), text_kind(), counter_kind(), value_kind()};
}

}  // namespace crash
