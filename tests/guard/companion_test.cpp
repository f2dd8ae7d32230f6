// What a supervisor's companions are told, and what they may ask for.
#include <fcntl.h>
#include "os/clock.hpp"
#include "script.hpp"

using namespace shm;
using namespace shm::guard;
using test::run_script;

namespace {
// Reads what the command prints, and notes what it is told.
class Reader : public Companion {
 public:
  os::Result<void> prepare(os::Command& command) noexcept override {
    int ends[2];
    if (::pipe2(&ends[0], O_CLOEXEC) != 0) {
      return std::unexpected(os::fail(os::Code::system, "make", "a pipe", "no"));
    }
    from_ = os::Fd(ends[0]);
    to_ = os::Fd(ends[1]);
    command.output = to_.get();
    told += "prepare ";
    return {};
  }
  void started(Control& control, int pid) noexcept override {
    control_ = &control;
    to_.reset();
    told += pid > 0 ? "started " : "failed ";
  }
  void poll_for(std::vector<pollfd>& list) noexcept override {
    if (from_) {
      list.push_back({from_.get(), POLLIN, 0});
    }
  }
  void ready(const pollfd* list) noexcept override {
    char text[100];
    if (list[0].revents == 0) {
      return;
    }
    const auto size = ::read(from_.get(), &text[0], sizeof text);
    if (size <= 0) {
      from_.reset();
      return;
    }
    said.append(&text[0], static_cast<std::size_t>(size));
    if (said.ends_with("stop\n")) {
      control_->stop(0);
    }
    if (said.ends_with("abort\n")) {
      ::kill(::getpid(), SIGABRT);
    }
    if (said.ends_with("signal\n")) {
      control_->pass_on(SIGUSR1);
    }
  }
  [[nodiscard]] std::int64_t time_ns() const noexcept override { return at_ns; }
  void on_time() noexcept override {
    told += "time ";
    at_ns = -1;
  }
  void ending(std::int64_t kill_after_ns) noexcept override { told += "ending-" + std::to_string(kill_after_ns) + ' '; }
  void command_ended(const Ended& ended) noexcept override { told += "ended-" + std::to_string(ended.status) + ' '; }
  [[nodiscard]] bool busy() const noexcept override { return static_cast<bool>(from_); }
  void run_ended(const Ended& ended) noexcept override { told += "over-" + std::to_string(ended.status); }

  std::string told;
  std::string said;
  std::int64_t at_ns = -1;

 private:
  os::Fd from_;
  os::Fd to_;
  Control* control_ = nullptr;
};

// The script's end, its companion at hand to the check.
template <class Check>
int run_with(const store::Store& store, Reader& reader, const std::string& script, Check check) {
  Companion* const all[] = {&reader};
  return run_script(store, script, [&](Plan& plan) { plan.companions = all; }, check);
}
}  // namespace

TEST_CASE("a companion is told each step, and reads to the end of what was printed", "[companion]") {
  const test::OwnStore store;
  Reader reader;
  CHECK(run_with(*store, reader, "(sleep 0.05; echo late) & echo early; exit 3", [&](const Ended&) {
          return reader.told == "prepare started ended-3 over-3" && reader.said == "early\nlate\n";
        }) == 3);
}

TEST_CASE("a companion is called at its time, with a signal under way or not", "[companion]") {
  const test::OwnStore store;
  Reader reader;
  reader.at_ns = os::monotonic_ns() + 20 * test::ms;
  CHECK(run_with(*store, reader, "sleep 0.2",
                 [&](const Ended&) { return reader.told == "prepare started time ended-0 over-0"; }) == 0);
}

TEST_CASE("a companion may end the run, and all that came of it", "[companion]") {
  const test::OwnStore store;
  Reader reader;
  const auto stopped = [&](const Ended& ended) {
    return ended.ending == Ending::stopped && reader.told.starts_with("prepare started ending-0 ended-");
  };
  CHECK(run_with(*store, reader, "sleep 60 & trap '' TERM; echo stop; while :; do sleep 60; done", stopped) ==
        128 + SIGKILL);
}

TEST_CASE("a companion may pass on a signal", "[companion]") {
  const test::OwnStore store;
  Reader reader;
  CHECK(run_with(*store, reader, "trap 'exit 8' USR1; echo signal; while :; do sleep 0.01; done",
                 [](const Ended&) { return true; }) == 8);
}

TEST_CASE("a companion is prepared for each try, and told once that the run is over", "[companion]") {
  const test::OwnStore store;
  Reader reader;
  Companion* const all[] = {&reader};
  const auto change = [&](Plan& plan) {
    plan.companions = all;
    plan.retries = 1;
    plan.backoff_ns = test::ms;
  };
  CHECK(run_script(*store, "echo try; exit 4", change, [&](const Ended&) {
          return reader.told == "prepare started ended-4 prepare started ended-4 over-4" && reader.said == "try\ntry\n";
        }) == 4);
}

TEST_CASE("a companion is told when the command is asked to end, and how long it has", "[companion]") {
  const test::OwnStore store;
  Reader reader;
  Companion* const all[] = {&reader};
  const int status = run_script(
      *store, "exec sleep 60",
      [&](Plan& plan) {
        plan.companions = all;
        plan.timeout_ns = 20'000'000;
        plan.kill_after_ns = 5'000'000'000;
      },
      [&](const Ended& ended) {
        return reader.told == "prepare started ending-5000000000 ended-124 over-124" &&
               ended.ending == Ending::timed_out;
      });
  CHECK(status == 124);
}

TEST_CASE("an ABRT is passed on where that was asked for, and ends the run", "[companion]") {
  const test::OwnStore store;
  Reader reader;
  Companion* const all[] = {&reader};
  const int status = run_script(
      *store, "trap 'exit 9' ABRT; echo abort; while :; do sleep 0.01; done",
      [&](Plan& plan) {
        plan.companions = all;
        plan.passes_abort = true;
        plan.retries = 5;
      },
      [](const Ended& ended) { return ended.tries == 1; });
  CHECK(status == 9);
}
