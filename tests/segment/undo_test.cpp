// The undo log on memory of the test's own.
#include "segment/undo.hpp"
#include <cstring>
#include <vector>
#include "catch.hpp"

using namespace shm::segment;
using shm::os::Code;
using test::code_of;
using test::ok;

namespace {
struct Payload {
  static constexpr std::uint64_t size = 65536;
  std::vector<std::uint64_t> words = std::vector<std::uint64_t>(size / 8);
  Memory memory{reinterpret_cast<std::byte*>(words.data()), size};
  Control& control = memory.control();

  Payload() {
    control.capacity = size;
    control.top = heap_start;
  }
  static std::uint64_t root(std::size_t index) { return offsetof(Control, root) + index * 8; }
  void change(std::uint64_t offset, std::uint64_t value) const {
    REQUIRE(append(memory, size, offset));
    memory.store(offset, value);
  }
};
}  // namespace

TEST_CASE("undoing goes from the newest to the oldest", "[undo]") {
  const Payload payload;
  payload.control.head = head_of(7, 0);
  payload.memory.store(Payload::root(0), 10);
  payload.change(Payload::root(0), 11);
  payload.change(Payload::root(1), 5);
  payload.change(Payload::root(0), 12);
  CHECK(count_of(payload.control.head) == 3);
  CHECK(generation_of(payload.control.head) == 7);
  REQUIRE(code_of(roll_back(payload.memory, Payload::size)) == ok);
  CHECK(payload.control.root[0] == 10);
  CHECK(payload.control.root[1] == 0);
  CHECK(count_of(payload.control.head) == 0);
  CHECK(generation_of(payload.control.head) != 7);
}

TEST_CASE("a commit keeps what was changed, in a new generation", "[undo]") {
  const Payload payload;
  payload.change(Payload::root(0), 11);
  commit(payload.memory);
  CHECK(payload.control.root[0] == 11);
  CHECK(payload.control.head == head_of(1, 0));
  REQUIRE(code_of(roll_back(payload.memory, Payload::size)) == ok);
  CHECK(payload.control.root[0] == 11);
  CHECK(payload.control.head == head_of(1, 0));  // nothing to undo: nothing is new
}

TEST_CASE("while it is undone, no head is one of the change's own", "[undo]") {
  const Payload payload;
  for (std::size_t i = 0; i < 5; ++i) {
    payload.change(Payload::root(i), 1);
  }
  payload.control.undo[1].offset = 0;  // ends it half-way
  CHECK(code_of(roll_back(payload.memory, Payload::size)) == Code::corrupt);
  CHECK(count_of(payload.control.head) == 2);
  CHECK(generation_of(payload.control.head) != 0);
  payload.control.undo[1].offset = Payload::root(1);  // who undoes it was killed there; the next goes on
  CHECK(code_of(roll_back(payload.memory, Payload::size)) == ok);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(payload.control.root[i] == 0);
  }
}

TEST_CASE("an entry that can't be is not undone, nor what is older", "[undo]") {
  for (const std::uint64_t offset :
       {std::uint64_t{0}, std::uint64_t{offsetof(Control, head)}, std::uint64_t{offsetof(Control, capacity)},
        first_logged - 8, first_logged + 1, Payload::size, Payload::size - 7, ~std::uint64_t{0}, ~std::uint64_t{7}}) {
    INFO(offset);
    const Payload payload;
    payload.change(Payload::root(0), 1);
    payload.change(Payload::root(1), 1);
    payload.control.undo[1] = {offset, 0x5555};
    auto before = payload.words;
    CHECK(code_of(roll_back(payload.memory, Payload::size)) == Code::corrupt);
    before[offsetof(Control, head) / 8] = payload.control.head;
    CHECK(before == payload.words);
    CHECK(count_of(payload.control.head) == 2);
  }
}

TEST_CASE("a log that has no memory is not undone", "[undo]") {
  for (const std::uint64_t chunk : {std::uint64_t{0}, heap_start - 16, heap_start + 4, Payload::size,
                                    Payload::size - first_chunk_entries * 32 + 8, ~std::uint64_t{7}}) {
    INFO(chunk);
    const Payload payload;
    payload.control.chunks[1] = chunk;
    payload.control.head = head_of(0, first_chunk_entries + 1);
    CHECK_FALSE(has_room(payload.memory, Payload::size, first_chunk_entries));
    UndoEntry found;
    CHECK_FALSE(entry(payload.memory, Payload::size, first_chunk_entries, found));
    CHECK(entry(payload.memory, Payload::size, first_chunk_entries - 1, found));
    CHECK(code_of(roll_back(payload.memory, Payload::size)) == Code::corrupt);
  }
  const Payload payload;
  CHECK_FALSE(has_room(payload.memory, Payload::size, most_entries));
  payload.control.head = head_of(0, most_entries);
  CHECK(code_of(roll_back(payload.memory, Payload::size)) == Code::corrupt);
}

TEST_CASE("a log of two parts is one", "[undo]") {
  const Payload payload;
  payload.control.chunks[1] = heap_start;
  const std::uint64_t words = heap_start + first_chunk_entries * 32;
  constexpr std::uint64_t count = first_chunk_entries * 3;
  REQUIRE(has_room(payload.memory, Payload::size, count - 1));
  for (std::uint64_t i = 0; i < count; ++i) {
    payload.change(words + i * 8, i + 1);
  }
  UndoEntry found;
  REQUIRE(entry(payload.memory, Payload::size, count - 1, found));
  CHECK(found.offset == words + (count - 1) * 8);
  REQUIRE(code_of(roll_back(payload.memory, Payload::size)) == ok);
  for (std::uint64_t i = 0; i < count; ++i) {
    REQUIRE(payload.memory.load(words + i * 8) == 0);
  }
}

TEST_CASE("nothing is noted where the log has no room", "[undo]") {
  const Payload payload;
  payload.control.head = head_of(7, first_chunk_entries);
  for (const std::uint64_t chunk : {std::uint64_t{0}, Payload::size, std::uint64_t{1} << 40U, ~std::uint64_t{7}}) {
    payload.control.chunks[1] = chunk;
    payload.control.capacity = ~std::uint64_t{0};  // who else may write says so; the transaction knows better
    CHECK_FALSE(append(payload.memory, Payload::size, Payload::root(0)));
    CHECK(payload.control.head == head_of(7, first_chunk_entries));
  }
}
