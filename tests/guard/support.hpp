// What the tests of the guard share: taking a job in this process or in another, and letting it go.
#pragma once
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <string>
#include "catch.hpp"
#include "guard/acquire.hpp"
#include "os/clock.hpp"
#include "support/own_store.hpp"
#include "support/process.hpp"

namespace test {

inline constexpr std::int64_t ms = 1'000'000;

inline shm::guard::Want want(shm::guard::Mode mode = shm::guard::Mode::exclusive, std::uint32_t slots = 0) {
  shm::guard::Want wanted;
  wanted.mode = mode;
  wanted.slots = slots;
  return wanted;
}

inline shm::guard::Want want_within(std::int64_t patience_ns, shm::guard::Mode mode = shm::guard::Mode::exclusive,
                                    std::uint32_t slots = 0) {
  auto wanted = want(mode, slots);
  wanted.wait = true;
  wanted.deadline_ns = shm::os::monotonic_ns() + patience_ns;
  return wanted;
}

/// Takes the job and writes the run down; the test fails where it is busy.
/// A run that ended by itself.
inline shm::guard::Ended exited(int status) {
  shm::guard::Ended ended;
  ended.status = status;
  return ended;
}

inline shm::guard::Hold take(const shm::store::Store& store, std::string_view name,
                             const shm::guard::Want& wanted = want(), std::string_view command = "test command") {
  auto outcome = shm::guard::acquire(store, name, wanted);
  REQUIRE(outcome);
  REQUIRE(outcome->hold);
  REQUIRE(outcome->hold->begin(command));
  return std::move(*outcome->hold);
}

/// Why the job can't be had.
inline shm::guard::Busy refused(const shm::store::Store& store, std::string_view name,
                                const shm::guard::Want& wanted = want()) {
  auto outcome = shm::guard::acquire(store, name, wanted);
  REQUIRE(outcome);
  REQUIRE_FALSE(outcome->hold);
  return outcome->busy;
}

/// Another process that holds a job: a supervisor with a command (a mere child here), which has what a command has.
class OtherRun {
 public:
  OtherRun(const shm::store::Store& store, std::string name, shm::guard::Want wanted = want(), bool keeps_locks = true)
      : shared_(shared<Pids>()) {
    supervisor_ = ::fork();
    if (supervisor_ == 0) {
      ::_exit(supervise(store, name, wanted, keeps_locks));
    }
    while (__atomic_load_n(&shared_.ready, __ATOMIC_ACQUIRE) == 0) {
      ::sched_yield();
    }
  }
  OtherRun(const OtherRun&) = delete;
  OtherRun& operator=(const OtherRun&) = delete;
  ~OtherRun() {
    kill_command();
    kill_supervisor();
  }
  [[nodiscard]] int supervisor() const { return supervisor_; }
  [[nodiscard]] int command() const { return shared_.command; }
  [[nodiscard]] bool taken() const { return shared_.ready == 1; }
  void kill_supervisor() {
    if (!supervisor_dead_) {
      ::kill(supervisor_, SIGKILL);
      ::waitpid(supervisor_, nullptr, 0);
      supervisor_dead_ = true;
    }
  }
  /// Returns when it is gone, whoever waits for it.
  void kill_command() {
    if (shared_.command > 0) {
      ::kill(shared_.command, SIGKILL);
      for (auto state = shm::os::process_state(shared_.command); state && !state->ended();
           state = shm::os::process_state(shared_.command)) {
        ::sched_yield();
      }
    }
  }

 private:
  struct Pids {
    int ready;
    int command;
  };

  int supervise(const shm::store::Store& store, const std::string& name, const shm::guard::Want& wanted,
                bool keeps_locks) {
    auto outcome = shm::guard::acquire(store, name, wanted);
    if (!outcome || !outcome->hold || !outcome->hold->begin("other command")) {
      __atomic_store_n(&shared_.ready, 2, __ATOMIC_RELEASE);
      return 1;
    }
    auto& hold = *outcome->hold;
    int running[2];  // closed by the exec
    if (::pipe2(running, O_CLOEXEC) != 0) {
      return 1;
    }
    const pid_t command = ::fork();
    if (command == 0) {
      for (const int lock : hold.inherited()) {
        ::fcntl(lock, F_SETFD, keeps_locks ? 0 : FD_CLOEXEC);
      }
      ::execl("/bin/sleep", "sleep", "60", nullptr);
      ::_exit(127);
    }
    *hold.pid_place() = command;
    *hold.start_place() = shm::os::start_ticks(shm::os::boottime_ns());
    shared_.command = command;
    ::close(running[1]);
    char nothing = 0;
    (void)!::read(running[0], &nothing, 1);
    __atomic_store_n(&shared_.ready, 1, __ATOMIC_RELEASE);
    int status = 0;
    ::waitpid(command, &status, 0);
    hold.end(test::exited(0));
    return 0;
  }

  Pids& shared_;
  pid_t supervisor_ = 0;
  bool supervisor_dead_ = false;
};

}  // namespace test
