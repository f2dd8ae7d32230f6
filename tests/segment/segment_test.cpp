#include "segment/segment.hpp"
#include <fcntl.h>
#include <cstring>
#include <string>
#include "catch.hpp"
#include "support/kernel.hpp"
#include "support/own_store.hpp"
#include "support/process.hpp"

using namespace shm::segment;
using shm::os::Access;
using shm::os::Code;
using shm::store::Header;
using test::code_of;
using test::ok;
using test::OwnStore;

namespace {
constexpr std::size_t page = 4096;

void make_object(const OwnStore& store, std::uint64_t payload_size = 64) {
  const std::uint64_t words[] = {11, 22, 33};
  shm::store::NewObject object;
  object.kind = 7;
  object.payload_size = payload_size;
  object.payload = std::as_bytes(std::span(words));
  REQUIRE(code_of(shm::store::create_object(*store, "hits", object)) == ok);
}

// Rewrites the header, with a sum that is right again.
template <class Change>
void rewrite(const OwnStore& store, Change change) {
  std::string content = test::content_of(store / "hits");
  Header header;
  std::memcpy(&header, content.data(), sizeof header);
  change(header);
  header.check = shm::store::checksum(header);
  std::memcpy(content.data(), &header, sizeof header);
  test::make_file(store / "hits", content);
}

auto opened(const OwnStore& store, Access access = Access::read, std::size_t most = page) {
  return Segment::open(*store, "hits", access, most);
}

std::uint64_t& word(const Segment& segment, std::size_t index) {
  return reinterpret_cast<std::uint64_t*>(segment.payload())[index];
}
}  // namespace

TEST_CASE("a segment is the object's payload, word by word", "[segment]") {
  const OwnStore store;
  make_object(store);
  const auto segment = opened(store, Access::write);
  REQUIRE(code_of(segment) == ok);
  CHECK(segment->name() == "hits");
  CHECK(segment->header().kind == 7);
  CHECK(segment->info().size == page);
  CHECK(segment->words() == 8);
  CHECK(word(*segment, 0) == 11);
  CHECK(word(*segment, 2) == 33);
  CHECK(word(*segment, 7) == 0);
  CHECK(segment->writable());
  CHECK(&segment->store() == &*store);
  const auto other = opened(store);
  REQUIRE(code_of(other) == ok);
  CHECK_FALSE(other->writable());
  word(*segment, 1) = 44;
  CHECK(word(*other, 1) == 44);
}

TEST_CASE("a segment that is moved is the same", "[segment]") {
  const OwnStore store;
  make_object(store);
  auto first = opened(store);
  REQUIRE(code_of(first) == ok);
  const Segment second(std::move(*first));
  CHECK(word(second, 0) == 11);
  CHECK(second.name() == "hits");
}

TEST_CASE("cut at any length, an object is corrupt and nothing breaks", "[segment]") {
  const OwnStore store;
  make_object(store);
  for (const std::size_t size : {0U, 1U, 7U, 8U, 64U, 127U, 128U, 129U, 191U}) {
    test::cut_file(store / "hits", size);
    for (const Access access : {Access::read, Access::write}) {
      INFO(size << " bytes");
      const auto segment = opened(store, access);
      CHECK(code_of(segment) == Code::corrupt);
      CHECK(std::string(segment.error().object) == "hits");
    }
    test::cut_file(store / "hits", page);
    rewrite(store, [](Header& header) {
      header = shm::store::new_header(1, 1);
      header.kind = 7;
      header.payload_size = 64;
    });
    REQUIRE(code_of(opened(store)) == ok);
  }
  test::cut_file(store / "hits", 192);
  CHECK(code_of(opened(store)) == ok);  // all of the payload is there
}

TEST_CASE("a payload that is not where words are is corrupt", "[segment]") {
  const OwnStore store;
  make_object(store);
  for (const std::uint32_t offset : {129U, 130U, 132U, 135U}) {
    rewrite(store, [&](Header& header) { header.payload_offset = offset; });
    CHECK(code_of(opened(store)) == Code::corrupt);
  }
  rewrite(store, [&](Header& header) { header.payload_offset = 136; });
  CHECK(word(*opened(store), 0) == 22);
}

TEST_CASE("sizes that reach outside are corrupt", "[segment]") {
  const OwnStore store;
  make_object(store);
  for (const std::uint64_t size : {std::uint64_t{page - 127}, std::uint64_t{page}, ~std::uint64_t{0},
                                   ~std::uint64_t{0} - 127, std::uint64_t{1} << 63U}) {
    rewrite(store, [&](Header& header) { header.payload_size = size; });
    CHECK(code_of(opened(store)) == Code::corrupt);
  }
  rewrite(store, [](Header& header) {
    header.payload_offset = 0xfffffff8U;
    header.payload_size = 64;
  });
  CHECK(code_of(opened(store)) == Code::corrupt);
}

TEST_CASE("of an object larger than what is mapped the first part is seen, and that there is more", "[segment]") {
  const OwnStore store;
  make_object(store, 2 * page);
  const auto part = opened(store);
  REQUIRE(code_of(part) == ok);
  CHECK_FALSE(part->whole());
  CHECK(part->words() == (page - 128) / 8);
  CHECK(word(*part, 1) == 22);
  CHECK(word(*part, part->words() - 1) == 0);
  const auto all = opened(store, Access::read, 3 * page);
  REQUIRE(code_of(all) == ok);
  CHECK(all->whole());
  CHECK(all->words() == 2 * page / 8);
  test::cut_file(store / "hits", 2 * page);
  for (const std::size_t most : {page, 3 * page}) {
    const auto cut = opened(store, Access::read, most);
    REQUIRE(code_of(cut) == Code::corrupt);
    CHECK(std::string(cut.error().why).find("cut short") != std::string::npos);
  }
}

TEST_CASE("what can't be opened is refused as it is everywhere", "[segment]") {
  const OwnStore store;
  CHECK(code_of(opened(store)) == Code::absent);
  test::make_fifo(store / "hits");
  CHECK(code_of(opened(store, Access::write)) == Code::untrusted);
  CHECK(code_of(Segment::open(*store, "no/name", Access::read, page)) == Code::usage);
  CHECK(code_of(Segment::open(*store, std::string(129, 'n'), Access::read, page)) == Code::usage);
}

TEST_CASE("a segment keeps no descriptor open", "[segment]") {
  const OwnStore store;
  make_object(store);
  const auto next_descriptor = [] {
    const shm::os::Fd fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    return fd.get();
  };
  const int before = next_descriptor();
  const auto segment = opened(store, Access::write);
  REQUIRE(code_of(segment) == ok);
  CHECK(next_descriptor() == before);
}
