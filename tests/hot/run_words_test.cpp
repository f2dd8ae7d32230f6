#include "hot/run_words.hpp"
#include <vector>
#include "catch.hpp"
#include "os/clock.hpp"

using namespace shm;
using hot::Given;

namespace {
char run_true[] = "true";
char* const command[] = {&run_true[0], nullptr};

std::optional<hot::UsualRun> read(std::vector<Given> options, std::vector<std::string_view> names = {"job"},
                                  char* const* words = &command[0]) {
  return hot::read_usual_run({names, options, words});
}
constexpr std::int64_t second = 1'000'000'000;
}  // namespace

TEST_CASE("a run without options is exclusive, waits for nobody, and takes its time", "[run]") {
  const auto run = read({});
  REQUIRE(run);
  CHECK(run->want.mode == guard::Mode::exclusive);
  CHECK_FALSE(run->want.wait);
  CHECK(run->plan.timeout_ns == -1);
  CHECK(run->plan.kill_after_ns == 10 * second);
  CHECK(run->plan.words == &command[0]);
}

TEST_CASE("a run waits as it is told", "[run]") {
  CHECK_FALSE(read({{"on-busy", "skip"}})->want.wait);
  CHECK_FALSE(read({{"wait", "0"}})->want.wait);
  CHECK_FALSE(read({{"wait", "0"}, {"on-busy", "wait"}})->want.wait);
  for (const auto& options : {std::vector<Given>{{"on-busy", "wait"}}, {{"wait", "forever"}}}) {
    const auto run = read(options);
    REQUIRE(run);
    CHECK(run->want.wait);
    CHECK(run->want.deadline_ns == guard::for_ever);
  }
  const std::int64_t before = os::monotonic_ns();
  const auto run = read({{"wait", "2m"}});
  REQUIRE(run);
  CHECK(run->want.wait);
  CHECK(run->want.deadline_ns >= before + 120 * second);
  CHECK(run->want.deadline_ns <= os::monotonic_ns() + 120 * second);
}

TEST_CASE("the other options of a usual run", "[run]") {
  CHECK(read({{"shared", ""}})->want.mode == guard::Mode::shared);
  const auto run = read({{"slots", "3"}, {"timeout", "30s"}, {"kill-after", "500ms"}, {"trigger", "me"}});
  REQUIRE(run);
  CHECK(run->want.mode == guard::Mode::slot);
  CHECK(run->want.slots == 3);
  CHECK(run->plan.timeout_ns == 30 * second);
  CHECK(run->plan.kill_after_ns == second / 2);
  CHECK(run->want.trigger == "me");
  CHECK(read({{"timeout", "0"}})->plan.timeout_ns == -1);
}

TEST_CASE("what is not usual, or makes no sense, is left to the whole program", "[run]") {
  CHECK_FALSE(read({}, {}));
  CHECK_FALSE(read({}, {"job", "more"}));
  CHECK_FALSE(read({}, {"job"}, nullptr));
  CHECK_FALSE(read({}, {"job"}, &command[1]));
  for (const auto& option :
       {Given{"on-busy", "queue"}, Given{"on-busy", "replace"}, Given{"on-busy", "nonsense"}, Given{"wait", "soon"},
        Given{"wait", "-1"}, Given{"wait", "1.5"}, Given{"slots", "0"}, Given{"slots", "10001"}, Given{"slots", "2x"},
        Given{"timeout", "1w"}, Given{"kill-after", ""}}) {
    INFO(option.name << " " << option.argument);
    CHECK_FALSE(read({option}));
  }
  CHECK_FALSE(read({{"wait", "5"}, {"on-busy", "skip"}}));
  CHECK_FALSE(read({{"shared", ""}, {"slots", "2"}}));
}
