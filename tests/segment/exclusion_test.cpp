// Crowds at one object: processes that are killed at random, and threads with Regions of their own.
#include <atomic>
#include <random>
#include <thread>
#include <vector>
#include "segment/owners.hpp"

using namespace test;

namespace {
constexpr std::size_t workers = 4;
constexpr std::uint64_t each = sanitized ? 10'000 : 100'000;

// Root words 0 and 1 count what all have done, 2 + number what worker `number` has.
int work(const Object& object, std::size_t number, std::uint64_t& acknowledged) {
  Region region = object.open();
  for (;;) {
    auto change = must(region.begin());
    CHILD_REQUIRE(change.get_root(0) == change.get_root(1));
    const std::uint64_t mine = change.get_root(2 + number);
    if (mine == each) {
      return 0;
    }
    change.set_root(0, change.get_root(0) + 1);
    change.set_root(2 + number, mine + 1);
    change.set_root(1, change.get_root(1) + 1);
    must(change.commit());
    tell(acknowledged, mine + 1);
  }
}
}  // namespace

TEST_CASE("nothing that was acknowledged is lost and nothing is torn, whoever is killed when", "[exclusion]") {
  const Object object;
  const Region looker = object.open(Access::read);
  auto& acknowledged = shared<std::uint64_t[workers]>();
  pid_t pids[workers] = {};
  const auto start = [&](std::size_t number) {
    pids[number] = forked([&] { return work(object, number, acknowledged[number]); });
  };
  for (std::size_t i = 0; i < workers; ++i) {
    start(i);
  }
  std::mt19937 random(1);
  int kills = 0;
  for (std::size_t left = workers; left > 0;) {
    ::usleep(random() % 4000);
    const std::size_t victim = random() % workers;
    if (pids[victim] == 0) {
      continue;
    }
    ::kill(pids[victim], SIGKILL);
    int status = 0;
    ::waitpid(pids[victim], &status, 0);
    if (WIFEXITED(status)) {  // it had done its part
      REQUIRE(WEXITSTATUS(status) == 0);
      REQUIRE(acknowledged[victim] == each);
      pids[victim] = 0;
      --left;
      continue;
    }
    ++kills;
    const std::uint64_t done = root(looker, 2 + victim);
    REQUIRE((done == acknowledged[victim] || done == acknowledged[victim] + 1));
    tell(acknowledged[victim], done);
    start(victim);
  }
  CAPTURE(kills);
  CHECK(kills > 0);
  CHECK(root(looker, 0) == workers * each);
  CHECK(root(looker, 1) == workers * each);
}

TEST_CASE("threads with Regions of their own exclude one another and see whole states", "[exclusion]") {
  const Object object;
  constexpr std::uint64_t rounds = sanitized ? 2000 : 20'000;
  std::atomic<bool> good = true;
  std::atomic<int> writing = 2;
  const auto write = [&] {
    Region region = object.open();
    for (std::uint64_t i = 0; i < rounds; ++i) {
      auto change = must(region.begin());
      const Ref old = change.ref_root(2);
      const auto fresh = change.allocate(64);
      fresh.put(0, change.get_root(0) + 1);
      change.set_root(0, change.get_root(0) + 1);
      change.set_root(1, change.get_root(1) + 1);
      change.set_root(2, fresh.ref());
      if (old) {
        change.free(old);
      }
      must(change.commit());
    }
    --writing;
  };
  const auto read = [&] {
    const Region region = object.open(Access::read);
    while (writing > 0) {
      good = good && must(region.read([](const Reader& reader) -> shm::os::Result<bool> {
               const Ref block = reader.ref_root(2);
               return reader.get_root(0) == reader.get_root(1) &&
                      (!block ? reader.get_root(0) == 0 : reader.get(block) == reader.get_root(0));
             }));
    }
  };
  std::thread threads[] = {std::thread(write), std::thread(write), std::thread(read), std::thread(read)};
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(good);
  CHECK(root(object.open(), 0) == 2 * rounds);
}
