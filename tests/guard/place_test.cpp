#include "guard/place.hpp"
#include "support.hpp"

using namespace shm;
using namespace shm::guard;
using test::ms;
using test::OtherRun;
using test::refused;
using test::take;
using test::want;
using test::want_within;

namespace {
constexpr std::int64_t long_ns = 60'000 * ms;

Want one_waits(std::int64_t patience_ns, Keep keep = Keep::newest, Mode mode = Mode::exclusive,
               std::uint32_t slots = 0) {
  auto wanted = want_within(patience_ns, mode, slots);
  wanted.one_waits = true;
  wanted.keep = keep;
  return wanted;
}

/// Another process that waits for the job, and gives it back once it has it.
class OtherWaiter {
 public:
  OtherWaiter(const store::Store& store, const Want& wanted) : why_(test::shared<int>()) {
    pid_ = ::fork();
    if (pid_ == 0) {
      auto outcome = acquire(store, "job", wanted);
      if (!outcome) {
        ::_exit(3);
      }
      why_ = static_cast<int>(outcome->busy.why);
      if (outcome->hold && outcome->hold->begin("waited")) {
        outcome->hold->end(test::exited(0));
        ::_exit(0);
      }
      ::_exit(1);
    }
  }
  OtherWaiter(const OtherWaiter&) = delete;
  OtherWaiter& operator=(const OtherWaiter&) = delete;
  ~OtherWaiter() { kill(); }

  void kill() {
    if (pid_ != 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
      pid_ = 0;
    }
  }
  /// Whether it got the job in the end.
  bool got_it() {
    int status = -1;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return status == 0;
  }
  [[nodiscard]] Why why() const { return static_cast<Why>(why_); }
  /// The process that stands in the kernel's queue for it; 0: none yet.
  [[nodiscard]] int helper() const {
    struct Search {
      int parent;
      int found;
    } search{pid_, 0};
    (void)os::each_process(
        [](void* context, const os::ProcessState& process) {
          auto& wanted = *static_cast<Search*>(context);
          if (process.parent == wanted.parent && !process.ended()) {
            wanted.found = process.pid;
          }
          return wanted.found == 0;
        },
        &search);
    return search.found;
  }
  /// Returns once it waits.
  void settle() const {
    for (int turns = 0; helper() == 0; ++turns) {
      REQUIRE(turns < 100000);
      ::sched_yield();
    }
  }

 private:
  int& why_;
  pid_t pid_ = 0;
};
}  // namespace

TEST_CASE("a newer waiter takes the place of the one before, who is told so", "[place]") {
  const test::OwnStore store;
  OtherRun other(*store, "job");
  OtherWaiter first(*store, one_waits(long_ns));
  first.settle();
  OtherWaiter second(*store, one_waits(long_ns));
  CHECK_FALSE(first.got_it());
  CHECK(first.why() == Why::displaced);
  second.settle();
  other.kill_command();
  CHECK(second.got_it());
}

TEST_CASE("who is to keep an older waiter is refused, as long as that one lives", "[place]") {
  const test::OwnStore store;
  OtherRun other(*store, "job");
  OtherWaiter first(*store, one_waits(long_ns));
  first.settle();
  const Busy busy = refused(*store, "job", one_waits(long_ns, Keep::oldest));
  CHECK(busy.why == Why::occupied);
  REQUIRE(busy.holders.size() == 1);
  CHECK(busy.holders[0].command.pid == other.command());
  first.kill();
  CHECK(refused(*store, "job", one_waits(20 * ms, Keep::oldest)).why == Why::timed_out);
  OtherWaiter second(*store, one_waits(long_ns, Keep::oldest));
  second.settle();
  other.kill_command();
  CHECK(second.got_it());
}

TEST_CASE("a place that was given up is free: after a run, after a time that has passed", "[place]") {
  const test::OwnStore store;
  {
    OtherRun other(*store, "job");
    CHECK(refused(*store, "job", one_waits(20 * ms)).why == Why::timed_out);
    CHECK(refused(*store, "job", one_waits(20 * ms, Keep::oldest)).why == Why::timed_out);
    OtherWaiter waiter(*store, one_waits(long_ns));
    waiter.settle();
    other.kill_command();
    CHECK(waiter.got_it());
  }
  auto record = Record::open(*store, "job", os::Access::read);
  REQUIRE(record);
  CHECK(record->summary().newest_waiter.load() == 0);
  auto hold = take(*store, "job", one_waits(0, Keep::oldest));
  hold.end(test::exited(0));
}

TEST_CASE("others that just wait are not displaced, and have their turn", "[place]") {
  const test::OwnStore store;
  OtherRun other(*store, "job");
  OtherWaiter plain(*store, want_within(long_ns));
  OtherWaiter one(*store, one_waits(long_ns));
  one.settle();
  OtherWaiter newer(*store, one_waits(long_ns));
  CHECK_FALSE(one.got_it());
  newer.settle();
  other.kill_command();
  CHECK(plain.got_it());
  CHECK(newer.got_it());
}

TEST_CASE("a waiter whose helper is killed sends another one", "[place]") {
  const test::OwnStore store;
  OtherRun other(*store, "job");
  OtherWaiter waiter(*store, one_waits(long_ns));
  waiter.settle();
  ::kill(waiter.helper(), SIGKILL);
  other.kill_command();
  CHECK(waiter.got_it());
}

TEST_CASE("a killed waiter's helper goes with it, and holds nothing", "[place]") {
  const test::OwnStore store;
  OtherRun other(*store, "job");
  int helper = 0;
  {
    OtherWaiter waiter(*store, one_waits(long_ns));
    waiter.settle();
    helper = waiter.helper();
    waiter.kill();
  }
  for (auto state = os::process_state(helper); state && !state->ended(); state = os::process_state(helper)) {
    ::sched_yield();
  }
  other.kill_command();
  auto hold = take(*store, "job", want_within(long_ns));
  hold.end(test::exited(0));
}

TEST_CASE("a command that gave up its locks under a killed supervisor is waited for as well", "[place]") {
  const test::OwnStore store;
  OtherRun other(*store, "job", want(), false);
  other.kill_supervisor();
  OtherWaiter first(*store, one_waits(long_ns));
  first.settle();
  OtherWaiter second(*store, one_waits(long_ns));
  // The first one has the kernel's locks already: it gives them back to the newer one.
  CHECK_FALSE(first.got_it());
  CHECK(first.why() == Why::displaced);
  second.settle();
  other.kill_command();
  CHECK(second.got_it());
}

TEST_CASE("one waits for a slot", "[place]") {
  const test::OwnStore store;
  OtherRun other(*store, "job", want(Mode::slot, 1));
  OtherWaiter first(*store, one_waits(long_ns, Keep::newest, Mode::slot, 1));
  const auto record = Record::open(*store, "job", os::Access::read);  // needs no helper: it is first in the queue
  REQUIRE(record);
  while (record->summary().newest_waiter.load() == 0) {
    ::sched_yield();
  }
  OtherWaiter second(*store, one_waits(long_ns, Keep::newest, Mode::slot, 1));
  CHECK_FALSE(first.got_it());
  CHECK(first.why() == Why::displaced);
  CHECK(refused(*store, "job", one_waits(long_ns, Keep::oldest, Mode::slot, 1)).why == Why::occupied);
  other.kill_command();
  CHECK(second.got_it());
}
