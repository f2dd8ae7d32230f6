#include "hot/dict.hpp"
#include "catch.hpp"
#include "object/dict.hpp"
#include "told.hpp"

using namespace shm;
using os::Code;
using test::Call;
using Lines = test::Call::Lines;

TEST_CASE("keys of a dict are set and read; the dict is made") {
  const test::OwnStore store;
  CHECK(Call(store, hot::dict_get, {"d", "a"}).code == Code::absent);
  CHECK(Call(store, hot::dict_set, {"d", "a=1", "b=x=y", "c="}).lines == Lines{"d set: 3"});
  CHECK(Call(store, hot::dict_get, {"d", "b", "c", "a"}).lines == Lines{"d[b]: x=y", "d[c]: ", "d[a]: 1"});
  const Call call(store, hot::dict_get, {"d", "n\n", "a"});
  CHECK(call.status == 0);
  CHECK(call.lines == Lines{"error d[n?]", "d[a]: 1"});
  CHECK(Call(store, hot::dict_get, {"d", "n", "a"}, {{"default", "z"}}).lines == Lines{"d[n]: z", "d[a]: 1"});
  CHECK(Call(store, hot::dict_get, {"e", "n"}, {{"default", "z"}}).lines == Lines{"e[n]: z"});
}

TEST_CASE("more keys than have a place of their own") {
  const test::OwnStore store;
  std::vector<std::string> pairs;
  for (int i = 0; i < 50; ++i) pairs.push_back("k" + std::to_string(i) + "=" + std::to_string(i * i));
  std::vector<std::string_view> words = {"d"};
  words.insert(words.end(), pairs.begin(), pairs.end());
  CHECK(Call(store, hot::dict_set, words).lines == Lines{"d set: 50"});
  CHECK(Call(store, hot::dict_incr, words).lines.back() == "d[k49]: 4802");
  for (auto& word : words) word = word.substr(0, word.find('='));
  const auto lines = Call(store, hot::dict_get, words).lines;
  REQUIRE(lines.size() == 50);
  CHECK(lines[7] == "d[k7]: 98");
  CHECK(Call(store, hot::dict_contains, words).status == 0);
  CHECK(Call(store, hot::dict_del, words).lines == Lines{"d deleted: 50"});
}

TEST_CASE("numbers in a dict are added to, all or none") {
  const test::OwnStore store;
  CHECK(Call(store, hot::dict_incr, {"d", "a"}).lines == Lines{"d[a]: 1"});
  CHECK(Call(store, hot::dict_incr, {"d", "a", "5"}).lines == Lines{"d[a]: 6"});
  CHECK(Call(store, hot::dict_decr, {"d", "a", "-5"}).lines == Lines{"d[a]: 11"});
  CHECK(Call(store, hot::dict_incr, {"d", "a=2", "b", "a"}).lines == Lines{"d[a]: 13", "d[b]: 1", "d[a]: 14"});
  CHECK(Call(store, hot::dict_incr, {"d", "a", "b"}).lines == Lines{"d[a]: 15", "d[b]: 2"});
  CHECK(Call(store, hot::dict_incr, {"d", "a", "7x"}).code == Code::usage);
  CHECK(Call(store, hot::dict_decr, {"d", "a=-9223372036854775808"}).code == Code::range);
  CHECK(Call(store, hot::dict_incr, {"d", "b", "a=9223372036854775807"}).code == Code::range);
  CHECK(Call(store, hot::dict_get, {"d", "a", "b"}).lines == Lines{"d[a]: 15", "d[b]: 2"});
  CHECK(Call(store, hot::dict_incr, {"e", "a"}, {{"existing", ""}}).code == Code::absent);
}

TEST_CASE("only what is there, and only what is not") {
  const test::OwnStore store;
  CHECK(Call(store, hot::dict_set, {"d", "a=1"}, {{"existing", ""}}).code == Code::absent);
  CHECK(Call(store, hot::dict_set, {"d", "a=1"}, {{"new", ""}}).status == 0);
  CHECK(Call(store, hot::dict_set, {"d", "a=2"}, {{"new", ""}}).code == Code::lost);
  CHECK(Call(store, hot::dict_set, {"d", "b=2"}, {{"existing", ""}}).code == Code::empty);
  CHECK(Call(store, hot::dict_contains, {"d", "a"}).lines == Lines{"d contains: true"});
  const Call neither(store, hot::dict_contains, {"d", "a", "b"});
  CHECK(neither.status == 1);
  CHECK(neither.lines == Lines{"d contains: false"});
  CHECK(Call(store, hot::dict_del, {"d", "b"}).code == Code::empty);
}

TEST_CASE("a wait for a key ends when its time is over") {
  const test::OwnStore store;
  CHECK(Call(store, hot::dict_get, {"d", "a"}, {{"wait", "1000000"}}).code == Code::timed_out);
  CHECK(Call(store, hot::dict_set, {"d", "a=1"}).status == 0);
  CHECK(Call(store, hot::dict_get, {"d", "a"}, {{"wait", "1000000"}}).lines == Lines{"d[a]: 1"});
  CHECK(Call(store, hot::dict_get, {"d", "a", "b"}, {{"wait", "1000000"}}).code == Code::timed_out);
  CHECK(Call(store, hot::dict_del, {"d", "b"}, {{"wait", "1000000"}}).code == Code::timed_out);
}

TEST_CASE("words of a dict that make no sense are refused, and nothing is made") {
  const test::OwnStore store;
  for (const auto verb : {hot::dict_get, hot::dict_incr, hot::dict_del, hot::dict_contains}) {
    CHECK(Call(store, verb, {"d", ""}).lines == Lines{"refused"});
  }
  CHECK(Call(store, hot::dict_set, {"d", "a"}).lines == Lines{"refused"});
  CHECK(Call(store, hot::dict_set, {"d", "=1"}).lines == Lines{"refused"});
  CHECK(Call(store, hot::dict_set, {"d", "a=1"}, {{"existing", ""}, {"new", ""}}).lines == Lines{"refused"});
  CHECK(Call(store, hot::dict_set, {"d", "a=1"}, {{"ttl", "0"}}).lines == Lines{"refused"});
  CHECK(Call(store, hot::dict_set, {"d", "-"}).status == hot::not_mine);
  CHECK(Call(store, hot::dict_set, {"a/b", "a=1"}).code == Code::usage);
  CHECK(store.files().empty());
}
