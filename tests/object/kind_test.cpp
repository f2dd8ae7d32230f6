#include "object/kind.hpp"
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include "catch.hpp"
#include "object/counter.hpp"
#include "object/value.hpp"
#include "os/clock.hpp"
#include "support/own_store.hpp"
#include "support/process.hpp"

using namespace shm::object;
using shm::os::Access;
using shm::os::Code;
using shm::store::Header;
using test::code_of;
using test::ok;
using test::OwnStore;

namespace {
// Rewrites the header of `name`, with a sum that is right again.
template <class Change>
void rewrite(const OwnStore& store, std::string_view name, Change change) {
  std::string content = test::content_of(store / name);
  Header header;
  std::memcpy(&header, content.data(), sizeof header);
  change(header);
  header.check = shm::store::checksum(header);
  std::memcpy(content.data(), &header, sizeof header);
  test::make_file(store / name, content);
}

void make_both(const OwnStore& store) {
  REQUIRE(code_of(Counter::create(*store, "hits", {}, 5, {})) == ok);
  REQUIRE(code_of(Value::create(*store, "rate", {Type::boolean, 1}, {})) == ok);
}

// What all that could use the object make of it; they must agree.
std::optional<Code> all_say(const OwnStore& store, std::string_view name, Kind kind) {
  const auto described = code_of(describe(*store, name));
  const auto reading = kind == Kind::counter ? code_of(Counter::open(*store, name, Access::read))
                                             : code_of(Value::open(*store, name, Access::read));
  const auto writing = kind == Kind::counter ? code_of(Counter::open(*store, name, Access::write))
                                             : code_of(Value::open(*store, name, Access::write));
  CHECK(described == reading);
  CHECK(reading == writing);
  return described;
}
}  // namespace

TEST_CASE("kinds have names, and names kinds", "[kind]") {
  CHECK(kind_name(Kind::counter) == "counter");
  CHECK(kind_name(Kind::value) == "value");
  CHECK(kind_of_name("counter") == Kind::counter);
  CHECK(kind_of_name("value") == Kind::value);
  CHECK(kind_name(Kind::queue) == "queue");
  CHECK(kind_of_name("queue") == Kind::queue);
  for (const auto* word : {"", "none", "Counter", "queues", "counter "}) {
    CHECK(kind_of_name(word) == Kind::none);
  }
  CHECK(kind_name(Kind::none).empty());
  CHECK(kind_name(static_cast<Kind>(999)).empty());
  // These numbers stand in files.
  CHECK(static_cast<int>(Kind::counter) == 1);
  CHECK(static_cast<int>(Kind::value) == 2);
  CHECK(static_cast<int>(Kind::queue) == 3);
}

TEST_CASE("a name is of one kind", "[kind]") {
  const OwnStore store;
  make_both(store);
  const auto counter = Counter::open(*store, "rate", Access::write);
  CHECK(code_of(counter) == Code::wrong_kind);
  CHECK(std::string(counter.error().why) == "it is a value");
  const auto value = Value::open(*store, "hits", Access::read);
  CHECK(code_of(value) == Code::wrong_kind);
  CHECK(std::string(value.error().why) == "it is a counter");
  CHECK(code_of(Counter::create(*store, "rate", {}, 0, {})) == Code::exists);
  CHECK(code_of(Value::create(*store, "hits", {Type::int64, 0}, {})) == Code::exists);
  CHECK(code_of(Counter::open(*store, "none", Access::read)) == Code::absent);
  CHECK(code_of(describe(*store, "none")) == Code::absent);
}

TEST_CASE("an object describes itself", "[kind]") {
  const OwnStore store;
  make_both(store);
  const auto hits = describe(*store, "hits");
  REQUIRE(code_of(hits) == ok);
  CHECK(hits->kind == Kind::counter);
  CHECK(hits->type == Type::int64);
  CHECK(hits->state.as_int() == 5);
  CHECK(hits->state.type == Type::int64);
  CHECK(hits->header.kind == 1);
  CHECK(hits->header.id != 0);
  CHECK(hits->info.size == 4096);
  const auto rate = describe(*store, "rate");
  REQUIRE(code_of(rate) == ok);
  CHECK(rate->kind == Kind::value);
  CHECK(rate->type == Type::boolean);
  CHECK(format_scalar(rate->state).view() == "true");
}

TEST_CASE("a kind or type that this version does not know is corrupt to it", "[kind]") {
  const OwnStore store;
  make_both(store);
  for (const std::uint16_t number : {98, 99, 1000, 65535}) {
    rewrite(store, "hits", [&](Header& header) { header.kind = number; });
    CHECK(all_say(store, "hits", Kind::counter) == Code::corrupt);
  }
  for (const std::uint16_t number : {0, 7, 8, 65535}) {
    rewrite(store, "rate", [&](Header& header) { header.type = number; });
    CHECK(all_say(store, "rate", Kind::value) == Code::corrupt);
  }
}

TEST_CASE("a payload too small for its kind is corrupt", "[kind]") {
  const OwnStore store;
  make_both(store);
  for (const std::uint64_t size : {0U, 1U, 8U, 63U}) {
    for (const auto* name : {"hits", "rate"}) {
      rewrite(store, name, [&](Header& header) { header.payload_size = size; });
      CHECK(all_say(store, name, std::string_view(name) == "hits" ? Kind::counter : Kind::value) == Code::corrupt);
    }
  }
}

TEST_CASE("limits that make no sense are corrupt", "[kind]") {
  const auto with = [](std::int64_t min, std::int64_t max, std::uint64_t policy, std::int64_t start) {
    const OwnStore store;
    REQUIRE(code_of(Counter::create(*store, "hits", {}, 5, {})) == ok);
    rewrite(store, "hits", [&](Header& header) {
      header.config[0] = static_cast<std::uint64_t>(min);
      header.config[1] = static_cast<std::uint64_t>(max);
      header.config[2] = policy;
      header.config[3] = static_cast<std::uint64_t>(start);
    });
    return all_say(store, "hits", Kind::counter);
  };
  CHECK(with(0, 10, 0, 5) == ok);
  CHECK(with(0, 10, 2, 5) == ok);
  CHECK(with(0, 10, 3, 5) == Code::corrupt);
  CHECK(with(0, 10, ~std::uint64_t{0}, 5) == Code::corrupt);
  CHECK(with(10, 0, 0, 5) == Code::corrupt);
  CHECK(with(0, 10, 0, 11) == Code::corrupt);
  CHECK(with(0, 10, 0, -1) == Code::corrupt);
}

TEST_CASE("a number outside its limits, put there by hand, is not made worse", "[kind]") {
  for (const OnLimit policy : {OnLimit::fail, OnLimit::saturate, OnLimit::wrap}) {
    for (const std::int64_t planted : {std::int64_t{-5}, std::int64_t{11}, std::numeric_limits<std::int64_t>::min(),
                                       std::numeric_limits<std::int64_t>::max()}) {
      const OwnStore store;
      CounterLimits limits;
      limits.min = 0;
      limits.max = 10;
      limits.on_limit = policy;
      REQUIRE(code_of(Counter::create(*store, "hits", limits, 5, {})) == ok);
      std::string content = test::content_of(store / "hits");
      std::memcpy(&content[128], &planted, sizeof planted);
      test::make_file(store / "hits", content);
      auto counter = Counter::open(*store, "hits", Access::write);
      REQUIRE(code_of(counter) == ok);
      for (const std::int64_t amount : {1, -1, 100}) {
        const auto sum = counter->add(amount);
        CHECK((sum ? *sum >= 0 && *sum <= 10 : sum.error().code == Code::range));
      }
      CHECK(counter->reset() == 0);
      CHECK(counter->get() == 0);
    }
  }
}

TEST_CASE("a file of noise, zeros or half an object is corrupt, never a crash", "[kind]") {
  const OwnStore store;
  make_both(store);
  const std::string whole = test::content_of(store / "hits");
  std::mt19937 random(4711);
  for (int turn = 0; turn < 500; ++turn) {
    std::string content;
    switch (turn % 5) {
      case 0:  // noise
        for (std::size_t length = random() % 5000; content.size() < length;) {
          content += static_cast<char>(random());
        }
        break;
      case 1:  // cut before the payload's end
        content = whole.substr(0, random() % 192);
        break;
      case 2:  // zeros
        content.assign(random() % 5000, '\0');
        break;
      case 3:  // a header with some bytes changed, and a sum that is right again
        content = whole;
        for (unsigned n = 0; n < 1 + random() % 4; ++n) {
          content[8 + random() % 112] = static_cast<char>(random());
        }
        break;
      default:  // and with one whose sum is wrong
        content = whole;
        content[random() % 128] ^= static_cast<char>(1 + random() % 255);
        break;
    }
    test::make_file(store / "hits", content);
    if (turn % 5 == 3) {
      rewrite(store, "hits", [](Header&) {});
      const auto described = describe(*store, "hits");
      CHECK((described || described.error().code == Code::corrupt));
    } else {
      CHECK(code_of(describe(*store, "hits")) == Code::corrupt);
    }
    const auto counter = Counter::open(*store, "hits", Access::write);
    CHECK((counter || counter.error().code == Code::corrupt || counter.error().code == Code::wrong_kind));
    CHECK(code_of(Counter::create(*store, "hits", {}, 0, {})) == Code::exists);
  }
}

TEST_CASE("what is described is one object, whatever happens to its name", "[kind][crowd]") {
  const OwnStore store;
  auto& done = test::shared<int>();
  test::Crowd crowd;
  crowd.add([&] {  // by turns a counter and a value under one name
    while (__atomic_load_n(&done, __ATOMIC_SEQ_CST) == 0) {
      CHILD_REQUIRE(Counter::create(*store, "name", {}, 1, {}).has_value());
      CHILD_REQUIRE(shm::store::remove_object(*store, "name").has_value());
      CHILD_REQUIRE(Value::create(*store, "name", {Type::uint64, 2}, {}).has_value());
      CHILD_REQUIRE(shm::store::remove_object(*store, "name").has_value());
    }
    return 0;
  });
  crowd.go();
  int seen[3] = {};
  const std::int64_t patience_ends = shm::os::monotonic_ns() + 30'000'000'000;
  while ((seen[1] < 100 || seen[2] < 100) && shm::os::monotonic_ns() < patience_ends) {
    const auto found = describe(*store, "name");
    if (!found) {
      if (found.error().code != Code::absent) {
        FAIL("it is " << found.error().why);
      }
      continue;
    }
    if (found->header.kind != static_cast<std::uint16_t>(found->kind) ||
        found->state.bits != (found->kind == Kind::counter ? 1 : 2)) {
      FAIL("a " << kind_name(found->kind) << " with another's header or number");
    }
    ++seen[static_cast<int>(found->kind)];
  }
  __atomic_store_n(&done, 1, __ATOMIC_SEQ_CST);
  CHECK(crowd.wait());
  CHECK(seen[1] > 0);
  CHECK(seen[2] > 0);
}
