// Arrays: what their operations do, and what they refuse.
#include "object/array.hpp"
#include <cstring>
#include "catch.hpp"
#include "os/file.hpp"
#include "support/own_store.hpp"
#include "support/process.hpp"

using namespace shm::object;
using shm::os::Access;
using shm::os::Buffer;
using shm::os::Code;
using test::OwnStore;
using Operation = Array::Operation;
using Range = Array::Range;
using Step = Array::Step;

namespace {
constexpr Code ok{255};

template <class T>
Code code_of(const shm::os::Result<T>& result) {
  return result ? ok : result.error().code;
}

Array make(const OwnStore& store, Element type, std::initializer_list<std::int64_t> numbers) {
  std::vector<Bits> bits;
  for (const std::int64_t number : numbers) {
    bits.push_back(parse_element(type, std::to_string(number)).value());
  }
  REQUIRE(code_of(Array::create(*store, "a", type, bits, {})) == ok);
  return std::move(Array::open(*store, "a", Access::write).value());
}

Step step(std::uint64_t place, std::int64_t number) { return {place, {static_cast<Bits>(number), number < 0}}; }

std::string elements(const Array& array, std::initializer_list<Range> ranges = {}) {
  Buffer bytes;
  const Range all[] = {{0, array.length()}};
  const auto got = array.get(ranges.size() == 0 ? std::span<const Range>(all) : std::span(ranges), bytes);
  if (!got) {
    return "error";
  }
  std::string seen;
  const std::size_t size = size_of(array.type());
  for (std::uint64_t at = 0; at < bytes.size(); at += size) {
    Bits bits = 0;
    std::memcpy(&bits, bytes.data() + at, size);
    seen += (seen.empty() ? "" : " ") + std::string(format_element(array.type(), bits).view());
  }
  return seen;
}

Code change(Array& array, Operation operation, std::vector<Step> steps) {
  std::vector<Bits> results(steps.size());
  return code_of(array.change(operation, steps, results));
}
}  // namespace

TEST_CASE("an array has the elements that it was made with", "[array]") {
  const OwnStore store;
  auto array = make(store, Element::int16, {1, -2, 3, -4, 5});
  CHECK(array.length() == 5);
  CHECK(array.type() == Element::int16);
  CHECK(elements(array) == "1 -2 3 -4 5");
  CHECK(elements(array, {{1, 2}, {4, 3, -2}, {0, 0}, {3, 1}}) == "-2 3 5 3 1 -4");
  CHECK(array.place_of(-5).value() == 0);
  for (const std::int64_t index : {std::int64_t{5}, std::int64_t{-6}, INT64_MAX, INT64_MIN}) {
    CHECK(code_of(array.place_of(index)) == Code::absent);
  }
  CHECK(code_of(Array::create(*store, "a", Element::int8, 1, {})) == Code::exists);
  CHECK(code_of(Array::create(*store, "b", Element::int8, std::uint64_t{1} << 40U, {})) == Code::limit);
  CHECK(code_of(Array::create(*store, "b", Element::int64, ~std::uint64_t{0} / 4, {})) == Code::limit);
  REQUIRE(code_of(Array::create(*store, "none", Element::float32, 0, {})) == ok);
  const auto none = Array::open(*store, "none", Access::read);
  REQUIRE(none);
  CHECK(elements(*none).empty());
  CHECK(code_of(none->place_of(0)) == Code::absent);
  CHECK(code_of(none->place_of(-1)) == Code::absent);
  const auto described = describe(*store, "a");
  REQUIRE(described);
  CHECK(described->kind == Kind::array);
  CHECK(described->element == Element::int16);
  CHECK(described->length == 5);
}

TEST_CASE("a change of one element leaves those beside it alone", "[array]") {
  const OwnStore store;
  const Element type = GENERATE(Element::uint8, Element::int16, Element::uint32, Element::int64);
  auto array = make(store, type, {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9});
  const auto generation = array.region().generation();
  for (std::uint64_t place = 0; place < 11; place += 2) {
    CHECK(change(array, Operation::set, {step(place, static_cast<std::int64_t>(place))}) == ok);
  }
  CHECK(elements(array) == "0 9 2 9 4 9 6 9 8 9 10");
  CHECK(change(array, Operation::add, {step(3, -2)}) == ok);
  CHECK(change(array, Operation::max, {step(2, 1)}) == ok);
  CHECK(change(array, Operation::max, {step(2, 3)}) == ok);
  CHECK(change(array, Operation::min, {step(4, 5)}) == ok);
  CHECK(change(array, Operation::min, {step(4, 1)}) == ok);
  CHECK(array.swap(5, 7).value() == 9);
  CHECK(code_of(array.compare_and_set(6, 6, 66)) == ok);
  CHECK(code_of(array.compare_and_set(6, 6, 67)) == Code::lost);
  CHECK(elements(array) == "0 9 3 7 1 7 66 9 8 9 10");
  CHECK(array.get(6).value() == 66);
  CHECK(array.region().generation() == generation);  // without a transaction
}

TEST_CASE("several elements change together or not at all", "[array]") {
  const OwnStore store;
  auto array = make(store, Element::int8, {100, 100, -100, 0});
  CHECK(change(array, Operation::add, {step(0, 1), step(2, -1), step(0, 1)}) == ok);
  CHECK(elements(array) == "102 100 -101 0");
  const auto generation = array.region().generation();
  CHECK(change(array, Operation::add, {step(0, 1), step(1, 100)}) == Code::range);
  CHECK(change(array, Operation::add, {step(1, 100)}) == Code::range);
  CHECK(elements(array) == "102 100 -101 0");
  CHECK(array.region().generation() >= generation);
  CHECK(change(array, Operation::set, {}) == ok);
  std::vector<Bits> results(2);
  const Step steps[] = {step(3, 5), step(3, 6)};
  REQUIRE(array.change(Operation::add, steps, results));
  CHECK(results == std::vector<Bits>{5, 11});
}

TEST_CASE("ranges are set to numbers, or to one", "[array]") {
  const OwnStore store;
  auto array = make(store, Element::uint16, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  const Bits numbers[] = {60, 61, 62, 63, 64};
  CHECK(code_of(array.set({1, 5}, numbers)) == ok);
  CHECK(elements(array) == "0 60 61 62 63 64 6 7 8 9");
  CHECK(code_of(array.set({9, 5, -2}, numbers)) == ok);
  CHECK(elements(array) == "0 64 61 63 63 62 6 61 8 60");
  CHECK(code_of(array.set({0, 10}, std::span(numbers).first(1))) == ok);
  CHECK(elements(array) == "60 60 60 60 60 60 60 60 60 60");
  CHECK(code_of(array.set({5, 0}, {})) == ok);
  CHECK(code_of(array.set({9, 1}, std::span(numbers).first(1))) == ok);
}

TEST_CASE("who may only read an array does not change it", "[array]") {
  const OwnStore store;
  auto writer = make(store, Element::float64, {1, 2});
  auto reader = std::move(Array::open(*store, "a", Access::read).value());
  CHECK(elements(reader) == "1 2");
  CHECK(code_of(reader.swap(0, 0)) == Code::denied);
  CHECK(change(reader, Operation::add, {step(0, 0), step(1, 0)}) == Code::denied);
  CHECK(code_of(reader.set({0, 2}, std::vector<Bits>{0, 0})) == Code::denied);
  REQUIRE(shm::object::remove(*store, "a"));
  CHECK(code_of(writer.swap(0, 0)) == Code::absent);
  CHECK(code_of(reader.get(0)) == Code::absent);
}

TEST_CASE("an element in the middle of a change of several reads as it was", "[array]") {
  const OwnStore store;
  auto array = make(store, Element::int32, {1, 2, 3});
  test::succeeds(test::in_child([&] {
    auto own = std::move(Array::open(*store, "a", Access::write).value());
    auto region = std::move(shm::segment::Region::open(*store, "a", Access::write).value());
    auto change = region.begin();
    change->set_shared(shm::segment::Region::fixed(), [](std::uint64_t, std::uint64_t& next) {
      next = 77;
      return true;
    });
    ::_exit(0);
    return 1;
  }));
  const auto reader = Array::open(*store, "a", Access::read);
  REQUIRE(reader);
  CHECK(reader->get(0).value() == 1);
  CHECK(elements(*reader) == "1 2 3");
  CHECK(change(array, Operation::add, {step(0, 10)}) == ok);
  CHECK(elements(*reader) == "11 2 3");
}

TEST_CASE("an array that its file can't hold is damaged", "[array]") {
  const OwnStore store;
  make(store, Element::int64, {1, 2, 3});
  const auto rewrite = [&](auto edit) {
    std::FILE* file = std::fopen((store / "a").c_str(), "r+b");
    REQUIRE(file != nullptr);
    shm::store::Header header{};
    REQUIRE(std::fread(&header, sizeof header, 1, file) == 1);
    edit(header);
    header.check = shm::store::checksum(header);
    std::rewind(file);
    REQUIRE(std::fwrite(&header, sizeof header, 1, file) == 1);
    std::fclose(file);
  };
  for (const std::uint64_t length : {std::uint64_t{500}, std::uint64_t{1} << 61U, ~std::uint64_t{0}}) {
    rewrite([&](auto& header) { header.config[0] = length; });
    CHECK(code_of(Array::open(*store, "a", Access::read)) == Code::corrupt);
  }
  for (const std::uint16_t type : {0, 11, 65535}) {
    rewrite([&](auto& header) {
      header.config[0] = 3;
      header.type = type;
    });
    CHECK(code_of(Array::open(*store, "a", Access::write)) == Code::corrupt);
    CHECK(code_of(describe(*store, "a")) == Code::corrupt);
  }
  rewrite([&](auto& header) { header.type = 7; });
  CHECK(code_of(Array::open(*store, "a", Access::write)) == ok);
}

TEST_CASE("many add to elements, one by one and several at once, and no sum is lost", "[array][crowd]") {
  const OwnStore store;
  auto array = make(store, Element::int32, {0, 0, 0, 0});
  constexpr int rounds = test::sanitized ? 2'000 : 20'000;
  test::Crowd crowd;
  for (int who = 0; who < 4; ++who) {
    crowd.add([&, who] {
      auto own = std::move(Array::open(*store, "a", Access::write).value());
      std::vector<Bits> results(3);
      for (int i = 0; i < rounds; ++i) {
        const Step several[] = {step(0, 1), step(1, -1), step(2, 1)};
        const bool done = (i + who) % 5 == 0 ? own.change(Operation::add, several, results).has_value()
                                             : own.change(Operation::add, std::span(several, 1), results).has_value();
        if (!done) return 1;
      }
      return 0;
    });
  }
  crowd.go();
  REQUIRE(crowd.wait());
  CHECK(elements(array) == std::to_string(4 * rounds) + " " + std::to_string(-4 * rounds / 5) + " " +
                               std::to_string(4 * rounds / 5) + " 0");
}
