#include "guard/admission.hpp"
#include "support.hpp"

using namespace shm;
using namespace shm::guard;
using test::ms;
using test::OtherRun;
using test::refused;
using test::want;
using test::want_within;

namespace {
constexpr std::int64_t second = 1000 * ms;
constexpr std::int64_t hour = 3600 * second;

Want once_per(std::int64_t period_ns, Mode mode = Mode::exclusive, std::uint32_t slots = 0) {
  auto wanted = want(mode, slots);
  wanted.once_per_ns = period_ns;
  return wanted;
}

void run_once(const store::Store& store, const Want& wanted = want()) {
  test::take(store, "job", wanted).end(test::exited(0));
}

Record record_of(const store::Store& store) {
  auto record = Record::open(store, "job", os::Access::write);
  REQUIRE(record);
  return std::move(*record);
}

/// As if the last run had begun so long ago, by either clock.
void move_last_run(const store::Store& store, std::int64_t by_calendar_ns, std::int64_t by_boot_ns) {
  const Record record = record_of(store);
  record.summary().last_start_ns.store(static_cast<std::uint64_t>(os::realtime_ns() - by_calendar_ns));
  record.entry(0).command_from.store(os::start_ticks(os::boottime_ns() - by_boot_ns));
}
void forget_boot(const store::Store& store) { record_of(store).entry(0).boot_high.add(1); }

bool close_to(std::int64_t ns, std::int64_t wanted) { return ns > wanted - 30 * second && ns < wanted + 30 * second; }
}  // namespace

TEST_CASE("a run may begin once a period, whatever the earlier one was", "[admission]") {
  const test::OwnStore store;
  run_once(*store, once_per(hour));
  const Busy busy = refused(*store, "job", once_per(hour));
  CHECK(busy.why == Why::too_soon);
  CHECK(busy.holders.empty());
  CHECK(close_to(busy.due_ns, os::realtime_ns() + hour));
  CHECK(record_of(*store).summary().due_ns.load() == static_cast<std::uint64_t>(busy.due_ns));
  // Without the option nobody asks, and that run counts for those who do.
  move_last_run(*store, 2 * hour, 2 * hour);
  run_once(*store);
  CHECK(refused(*store, "job", once_per(hour)).why == Why::too_soon);
  CHECK(refused(*store, "job", once_per(INT64_MAX)).due_ns == INT64_MAX);
  run_once(*store, once_per(1));
}

TEST_CASE("a period ends when it is over, and the first run of a job is never too soon", "[admission]") {
  const test::OwnStore store;
  run_once(*store, once_per(hour));
  move_last_run(*store, 59 * 60 * second, 59 * 60 * second);
  CHECK(refused(*store, "job", once_per(hour)).why == Why::too_soon);
  move_last_run(*store, hour, hour);
  run_once(*store, once_per(hour));
}

TEST_CASE("a clock that was set does not change how long ago a run began", "[admission]") {
  const test::OwnStore store;
  run_once(*store);
  move_last_run(*store, 5 * hour, 60 * second);  // set forward since
  CHECK(close_to(refused(*store, "job", once_per(hour)).due_ns, os::realtime_ns() + 59 * 60 * second));
  move_last_run(*store, -5 * hour, 60 * second);  // set back
  CHECK(close_to(refused(*store, "job", once_per(hour)).due_ns, os::realtime_ns() + 59 * 60 * second));
  move_last_run(*store, -5 * hour, 2 * hour);
  run_once(*store, once_per(hour));
}

TEST_CASE("after a restart of the machine the calendar counts, unless it says nonsense", "[admission]") {
  const test::OwnStore store;
  run_once(*store);
  forget_boot(*store);
  move_last_run(*store, 60 * second, 10 * hour);
  CHECK(close_to(refused(*store, "job", once_per(hour)).due_ns, os::realtime_ns() + 59 * 60 * second));
  move_last_run(*store, 2 * hour, 60 * second);
  run_once(*store, once_per(hour));
  forget_boot(*store);
  move_last_run(*store, -100 * hour, 0);  // set back since: not to be waited for
  run_once(*store, once_per(hour));
}

TEST_CASE("who waited is refused if the run that it waited for began too lately", "[admission]") {
  const test::OwnStore store;
  auto other = std::make_unique<OtherRun>(*store, "job");
  test::Crowd crowd;
  crowd.add([&] {
    auto wanted = want_within(60 * second);
    wanted.once_per_ns = hour;
    const auto outcome = acquire(*store, "job", wanted);
    return outcome && !outcome->hold && outcome->busy.why == Why::too_soon ? 0 : 1;
  });
  crowd.go();
  other.reset();
  CHECK(crowd.wait());
}

TEST_CASE("of many that could run beside each other, one begins in a period", "[admission]") {
  const test::OwnStore store;
  auto& started = test::shared<int>();
  test::Crowd crowd;
  for (int i = 0; i < 8; ++i) {
    crowd.add([&] {
      auto outcome = acquire(*store, "job", once_per(hour, Mode::slot, 8));
      if (outcome && outcome->hold && outcome->hold->begin("one of them")) {
        __atomic_add_fetch(&started, 1, __ATOMIC_RELAXED);
        outcome->hold->end(test::exited(0));
      }
      return outcome ? 0 : 1;
    });
  }
  crowd.go();
  CHECK(crowd.wait());
  CHECK(started == 1);
}

TEST_CASE("what can't begin in time does not begin", "[admission]") {
  const test::OwnStore store;
  auto wanted = want();
  wanted.start_deadline_ns = os::boottime_ns() - 1;
  CHECK(refused(*store, "job", wanted).why == Why::too_late);
  wanted.start_deadline_ns = os::boottime_ns() + hour;
  run_once(*store, wanted);
  OtherRun other(*store, "job");
  CHECK(refused(*store, "job", wanted).why == Why::held);
  wanted = want_within(hour);
  wanted.start_deadline_ns = os::boottime_ns() + 20 * ms;
  CHECK(refused(*store, "job", wanted).why == Why::too_late);
  wanted = want_within(20 * ms);
  wanted.start_deadline_ns = os::boottime_ns() + hour;
  CHECK(refused(*store, "job", wanted).why == Why::timed_out);
}

TEST_CASE("a wait is as long as its own time or that of the start lets it be", "[admission]") {
  Want wanted = want_within(hour);
  CHECK(within_start_deadline(wanted).deadline_ns == wanted.deadline_ns);
  wanted.start_deadline_ns = os::boottime_ns() + 2 * hour;
  CHECK(within_start_deadline(wanted).deadline_ns == wanted.deadline_ns);
  wanted.start_deadline_ns = os::boottime_ns() + 60 * second;
  CHECK(close_to(within_start_deadline(wanted).deadline_ns, os::monotonic_ns() + 60 * second));
  wanted.deadline_ns = for_ever;
  CHECK(close_to(within_start_deadline(wanted).deadline_ns, os::monotonic_ns() + 60 * second));
  wanted.start_deadline_ns = 0;
  const std::int64_t past = within_start_deadline(wanted).deadline_ns;
  CHECK(past <= os::monotonic_ns());
}

TEST_CASE("calls of one moment spread over the whole jitter", "[admission]") {
  int halves[2] = {};
  for (int i = 0; i < 100; ++i) {
    const std::int64_t part = part_of(hour);
    REQUIRE(part >= 0);
    REQUIRE(part < hour);
    ++halves[part < hour / 2 ? 0 : 1];
  }
  CHECK(halves[0] > 0);
  CHECK(halves[1] > 0);
  CHECK(part_of(1) == 0);
  auto wanted = want_within(hour);
  wanted.jitter_ns = ms;
  const Want after = sleep_by_chance(wanted);
  CHECK(after.deadline_ns >= wanted.deadline_ns);
  CHECK(after.deadline_ns < wanted.deadline_ns + ms);
  wanted.deadline_ns = for_ever;
  CHECK(sleep_by_chance(wanted).deadline_ns == for_ever);
}
