// What a list promises, case by case; see list_model_test.cpp for all of it at random.
#include "object/list.hpp"
#include <algorithm>
#include "catch.hpp"
#include "object/list_user.hpp"
#include "os/clock.hpp"

using namespace shm::object;
using shm::os::Access;
using shm::os::Code;
using test::bytes_of;
using test::code_of;
using test::ListUser;
using test::ok;
using test::Words;

namespace {
Words numbers(std::size_t count) {
  Words words;
  for (std::size_t i = 0; i < count; ++i) words.push_back(std::to_string(i));
  return words;
}
}  // namespace

TEST_CASE("items are any bytes, of any length") {
  ListUser list;
  Words words = {"", std::string("a\0b", 3), std::string(1, '\0'), "1234567", "12345678", std::string(100'000, 'x')};
  for (std::size_t size = 0; size < 20; ++size) words.emplace_back(size, '\xff');
  list.append(words);
  REQUIRE((list.all() == words));
  for (std::size_t i = 0; i < words.size(); ++i) {
    REQUIRE(list.get(static_cast<std::int64_t>(i)) == words[i]);
    REQUIRE(*list->index(bytes_of(words[i]), 0) ==
            static_cast<std::uint64_t>(std::find(words.begin(), words.end(), words[i]) - words.begin()));
  }
  REQUIRE(*list->count(bytes_of(std::string(2, '\0'))) == 0);
}

TEST_CASE("an index counts from 0, a negative one from the end") {
  ListUser list;
  list.append({"a", "b", "c"});
  REQUIRE(list.get(0) == "a");
  REQUIRE(list.get(-1) == "c");
  REQUIRE(list.get(-3) == "a");
  REQUIRE(list.get(3) == std::nullopt);
  REQUIRE(list.get(-4) == std::nullopt);
  REQUIRE(list.get(INT64_MIN) == std::nullopt);
  REQUIRE(list.get(INT64_MAX) == std::nullopt);
  REQUIRE(code_of(list->pop(3, 0)) == Code::empty);
  const List::Replacement out{3, {}};
  REQUIRE(code_of(list->set(std::span(&out, 1))) == Code::empty);
  list.insert(100, {"end"});
  list.insert(-100, {"begin"});
  list.insert(INT64_MIN, {"first"});
  REQUIRE((list.all() == Words{"first", "begin", "a", "b", "c", "end"}));
}

TEST_CASE("several parts are of one moment, and some may be missing") {
  ListUser list;
  list.append({"a", "b"});
  std::vector<ListPart> parts(3);
  parts[0].one = parts[1].one = true;
  parts[0].index = -1;
  parts[1].index = 7;
  REQUIRE(code_of(list->get(parts, true)) == Code::empty);
  REQUIRE(code_of(list->get(parts, false)) == ok);
  REQUIRE((parts[0].there && !parts[1].there && parts[2].there));
  REQUIRE(parts[0].first == 1);
  REQUIRE((test::words_of(parts[2].items) == Words{"a", "b"}));
}

TEST_CASE("with limits, a list refuses what would make it larger, and nothing is changed") {
  ListUser list({3, 10});
  list.append({"a", "b"});
  REQUIRE(code_of(list->add(End::back, bytes_of(Words{"c", "d"}), 0)) == Code::limit);
  REQUIRE(code_of(list->insert(0, bytes_of(Words{"123456789"}), 0)) == Code::limit);
  REQUIRE(code_of(list->set({0, 1, 1}, bytes_of(Words{"c", "d", "e"}))) == Code::limit);
  const List::Replacement large{0, bytes_of("1234567890")};
  REQUIRE(code_of(list->set(std::span(&large, 1))) == Code::limit);
  REQUIRE((list.all() == Words{"a", "b"}));
  list.append({"12345678"});
  REQUIRE(code_of(list->set({0, 2, 1}, bytes_of(Words{"c", "d"}))) == ok);
  // What could never fit is not waited for.
  REQUIRE(code_of(list->add(End::back, bytes_of(numbers(4)), -1)) == Code::limit);
  const std::int64_t soon = shm::os::monotonic_ns() + 10'000'000;
  REQUIRE(code_of(list->add(End::back, bytes_of(Words{"x"}), soon)) == Code::timed_out);
}

TEST_CASE("of several items for one place the last counts; one that is not there stops all") {
  ListUser list({0, 20});
  list.append({"a", "b in a block"});
  const List::Replacement twice[] = {{1, bytes_of("1234567890")}, {-1, bytes_of("12345")}};
  REQUIRE(code_of(list->set(twice)) == ok);
  REQUIRE((list.all() == Words{"a", "12345"}));
  REQUIRE(list.bytes() == 6);
  const List::Replacement one_out[] = {{0, bytes_of("x")}, {2, bytes_of("y")}};
  REQUIRE(code_of(list->set(one_out)) == Code::empty);
  REQUIRE((list.all() == Words{"a", "12345"}));
}

TEST_CASE("sorting goes by bytes, or by exact numbers, and is stable") {
  ListUser list;
  list.append({"b", "a", "", "ab", "\xff", "B", "a"});
  REQUIRE(code_of(list->sort(List::Order::bytes, false)) == ok);
  REQUIRE((list.all() == Words{"", "B", "a", "a", "ab", "b", "\xff"}));
  (void)list->clear();
  list.append({"10 first", "9", "-2", "x", " 10.0 second", "-0", "10.01", "99999999999999999999", "+3", "-10",
               "99999999999999999998", ".5", "007"});
  REQUIRE(code_of(list->sort(List::Order::number, false)) == ok);
  REQUIRE((list.all() == Words{"-10", "-2", "x", "-0", ".5", "+3", "007", "9", "10 first", " 10.0 second", "10.01",
                               "99999999999999999998", "99999999999999999999"}));
  REQUIRE(code_of(list->sort(List::Order::number, true)) == ok);
  REQUIRE((list.all({0, 7, 1}) ==
           Words{"99999999999999999999", "99999999999999999998", "10.01", "10 first", " 10.0 second", "9", "007"}));
}

TEST_CASE("what is removed gives its memory back") {
  ListUser list;
  const std::string large(5000, 'l');
  list.append(Words(50, large));
  (void)list->clear();
  list.append(Words(50, large));
  const auto size = describe(*list.store(), "names")->info.size;
  for (int i = 0; i < 40; ++i) {
    switch (i % 4) {
      case 0: list.pop(End::back, 50); break;
      case 1: REQUIRE(*list->remove(bytes_of(large), true) == 50); break;
      case 2: REQUIRE(code_of(list->set(Slice(), {})) == ok); break;
      default: REQUIRE(*list->clear() == 50); break;
    }
    REQUIRE(*list->len() == 0);
    list.append(Words(50, large));
    REQUIRE(code_of(list->reverse()) == ok);
  }
  REQUIRE(describe(*list.store(), "names")->info.size <= size + 64 * 1024);
}

TEST_CASE("a list moves through its chunks: appended to and popped from the front") {
  ListUser list;
  list.append(numbers(5));
  std::size_t next = 5;
  for (std::size_t i = 0; i < 4000; ++i) {
    REQUIRE((list.pop(End::front) == Words{std::to_string(i)}));
    list.append({std::to_string(next++)});
  }
  const auto size = describe(*list.store(), "names")->info.size;
  for (std::size_t i = 4000; i < 8000; ++i) {
    REQUIRE((list.pop(End::front) == Words{std::to_string(i)}));
    list.append({std::to_string(next++)});
  }
  REQUIRE(describe(*list.store(), "names")->info.size == size);
}

TEST_CASE("a reader without the right to write reads a list, and can't change it") {
  ListUser list;
  list.append({"a"});
  auto reader = list.open(Access::read);
  REQUIRE(*reader.len() == 1);
  REQUIRE(code_of(reader.add(End::back, bytes_of(Words{"b"}), 0)) == Code::denied);
  REQUIRE(code_of(reader.clear()) == Code::denied);
}

TEST_CASE("who uses a list of another kind, or one that was removed, is told so") {
  ListUser list;
  const auto& store = *list.store();
  REQUIRE(code_of(List::create(store, "names", {}, {})) == Code::exists);
  REQUIRE(code_of(List::open(store, "other", Access::read)) == Code::absent);
  REQUIRE(describe(store, "names")->kind == Kind::list);
  REQUIRE(describe(store, "names")->items == 0);
  REQUIRE(code_of(remove(store, "names")) == ok);
  REQUIRE(code_of(list->len()) == Code::absent);
  REQUIRE(code_of(list->add(End::back, bytes_of(Words{"b"}), 0)) == Code::absent);
}
