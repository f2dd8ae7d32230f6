// Many processes at one list, some of them killed: nothing is lost, nothing is there twice, nobody sees half a change.
#include <set>
#include "catch.hpp"
#include "object/list_user.hpp"
#include "support/process.hpp"

using namespace shm::object;
using shm::os::Access;
using test::bytes_of;
using test::ListUser;
using test::Words;

namespace {
constexpr std::size_t scale = test::sanitized ? 10 : 1;
}

TEST_CASE("what several add at both ends and in the middle is there once", "[list][crowd]") {
  ListUser user;
  constexpr std::size_t processes = 3;
  constexpr std::size_t each = 1500 / scale;
  test::Crowd crowd;
  for (std::size_t i = 0; i < processes; ++i) {
    crowd.add([&, i] {
      auto list = user.open();
      for (std::size_t n = 0; n < each; ++n) {
        const std::string mark = std::to_string(i) + "." + std::to_string(n);
        const Words words = {mark + "a", mark + "b, which is in a block"};
        const auto items = bytes_of(words);
        const auto added = n % 3 == 0   ? list.add(End::front, items, 0)
                           : n % 3 == 1 ? list.add(End::back, items, 0)
                                        : list.insert(static_cast<std::int64_t>(n), items, 0);
        if (!added) return 1;
      }
      return 0;
    });
  }
  crowd.add([&] {  // what one change adds stands together, whenever one looks
    auto list = user.open(Access::read);
    for (std::size_t looks = 0; looks < 200 / scale; ++looks) {
      ListPart all;
      if (!list.get(std::span(&all, 1), true)) return 1;
      std::uint64_t firsts = 0;
      std::uint64_t seconds = 0;
      for (std::size_t i = 0; i < all.items.size(); ++i) {
        firsts += all.items[i].ends_with('a') ? 1U : 0U;
        seconds += all.items[i].ends_with("block") ? 1U : 0U;
      }
      if (firsts != seconds || firsts + seconds != all.items.size()) return 2;
    }
    return 0;
  });
  crowd.go();
  REQUIRE(crowd.wait());
  const auto all = user.all();
  REQUIRE(all.size() == processes * each * 2);
  REQUIRE(std::set<std::string>(all.begin(), all.end()).size() == all.size());
}
