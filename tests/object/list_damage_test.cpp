// A list whose content somebody has spoilt: each operation ends, with an answer or an error, and the program lives.
#include <unistd.h>
#include <algorithm>
#include <cstring>
#include <random>
#include "catch.hpp"
#include "object/list_user.hpp"
#include "support/process.hpp"

using namespace shm::object;
using shm::os::Access;
using test::bytes_of;
using test::ListUser;
using test::Words;

namespace {
void use_all(const shm::store::Store& store, std::mt19937& random) {
  auto opened = List::open(store, "names", Access::write);
  if (!opened) return;
  List& list = *opened;
  (void)list.stats();
  std::vector<ListPart> parts(3);
  parts[0].one = true;
  parts[0].index = static_cast<std::int64_t>(random() % 600);
  parts[2].slice.step = -3;
  (void)list.get(parts, false);
  (void)list.index(bytes_of("word in a block 7"), 0);
  (void)list.count(bytes_of("5"));
  const Words two = {"new", "new one in a block"};
  const auto items = bytes_of(two);
  for (int i = 0; i < 6; ++i) {
    const auto index = static_cast<std::int64_t>(random() % 1100) - 500;
    const List::Replacement replacement{index, items[1]};
    switch (random() % 11) {
      case 0: (void)list.add(i % 2 == 0 ? End::front : End::back, items, 0); break;
      case 1: (void)list.insert(index, items, 0); break;
      case 2: (void)list.set(std::span(&replacement, 1)); break;
      case 3: (void)list.set({index, index + 5, 1}, items); break;
      case 4: (void)list.pop(i % 2 == 0 ? End::front : End::back, 1 + random() % 600, 0); break;
      case 5: (void)list.pop(index, 0); break;
      case 6: (void)list.remove(bytes_of("5"), i % 2 == 0); break;
      case 7: (void)list.reverse(); break;
      case 8: (void)list.sort(i % 2 == 0 ? List::Order::bytes : List::Order::number, false); break;
      case 9: (void)list.insert(index, std::vector<List::Bytes>(300, items[0]), 0); break;
      default: (void)list.len(); break;
    }
  }
  (void)list.clear();
  (void)list.stats();
}
}  // namespace

TEST_CASE("a list that is damaged anywhere crashes nobody and keeps nobody for ever", "[list][damage]") {
  ListUser list;
  Words words;
  for (int i = 0; i < 560; ++i) {
    words.push_back((i % 9 == 0 ? "word in a block " : "") + std::to_string(i % 30));
  }
  list.append(words);
  list.append({"one", "two"}, End::front);
  const std::string whole = test::content_of(list.store() / "names");
  const std::size_t all = whole.size() / 8;
  constexpr std::size_t first = 16;  // behind the header, whose sum would tell
  constexpr std::size_t near = 450;  // up to there are the object's own words, which matter more than items do
  std::vector<std::size_t> used;
  for (std::size_t i = first; i < all; ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, whole.data() + i * 8, 8);
    if (word != 0) used.push_back(i);
  }
  const auto own =
      static_cast<std::size_t>(std::count_if(used.begin(), used.end(), [](std::size_t word) { return word < near; }));
  const unsigned rounds = test::sanitized ? 200 : 2000;
  test::succeeds(test::in_child([&] {
    std::mt19937 random(20261121);
    for (unsigned round = 0; round < rounds; ++round) {
      std::string content = whole;
      for (unsigned i = 1 + random() % 4; i > 0; --i) {
        // Another word's content makes rings and shared parts; numbers of all sizes make the rest.
        std::uint64_t word = std::uint64_t{random()} << (random() % 60);
        if (random() % 3 != 0) std::memcpy(&word, whole.data() + used[random() % used.size()] * 8, 8);
        const std::size_t at = used[random() % (random() % 2 == 0 ? own : used.size())];
        std::memcpy(content.data() + at * 8, &word, 8);
      }
      test::make_file(list.store() / "names", content);
      ::alarm(20);  // a loop without end would be the child's end
      use_all(*list.store(), random);
    }
    return 0;
  }));
}
