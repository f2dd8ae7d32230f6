// The arithmetic of the control block.
#include "segment/layout.hpp"
#include "catch.hpp"

using namespace shm::segment;

TEST_CASE("every entry of the log has a place of its own, part after part", "[layout]") {
  std::size_t chunk = 0;
  std::uint64_t at = 0;
  bool all = true;
  for (std::uint64_t i = 0; i < most_entries; ++i) {
    const UndoPlace place = undo_place(i);
    all = all && place.chunk == chunk && place.at == at;
    if (++at == first_chunk_entries << chunk) {
      ++chunk;
      at = 0;
    }
  }
  CHECK(all);
  CHECK(undo_place(most_entries).chunk < undo_chunks);
  CHECK(undo_place(~std::uint64_t{0} >> 1U).chunk >= undo_chunks);
}

TEST_CASE("count and generation share a word and do not touch one another", "[layout]") {
  for (const std::uint64_t generation : {std::uint64_t{0}, std::uint64_t{1}, generation_mask - 1, generation_mask}) {
    for (const std::uint64_t count : {std::uint64_t{0}, std::uint64_t{1}, most_entries}) {
      const std::uint64_t head = head_of(generation, count);
      CHECK(count_of(head) == count);
      CHECK(generation_of(head) == generation);
    }
  }
  CHECK(head_of(generation_mask + 1, 0) == 0);  // it begins anew
  CHECK(session_of(7 << 1U | contended) == 7);
}
