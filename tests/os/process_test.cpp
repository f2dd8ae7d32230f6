#include "os/process.hpp"
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <string>
#include "catch.hpp"
#include "os/clock.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"

using namespace shm::os;
using test::code_of;

namespace {
// A child that does nothing until it is killed.
class Sleeper {
 public:
  Sleeper() : pid_(::fork()) {
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (;;) {
        ::pause();
      }
    }
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] int pid() const { return pid_; }

 private:
  pid_t pid_;
};
}  // namespace

TEST_CASE("a process is known by its pid and start time", "[process]") {
  REQUIRE(has_proc());
  const auto self = process_state(::getpid());
  REQUIRE(self);
  CHECK(self->pid == ::getpid());
  CHECK(self->parent == ::getppid());
  CHECK(self->state == 'R');
  CHECK_FALSE(self->ended());
  CHECK(self->start == process_state(::getpid())->start);

  const auto before = start_ticks(boottime_ns());
  const Sleeper sleeper;
  const auto after = start_ticks(boottime_ns());
  const auto child = process_state(sleeper.pid());
  REQUIRE(child);
  CHECK(child->parent == ::getpid());
  CHECK(child->start >= before);
  CHECK(child->start <= after);
}

TEST_CASE("what is no process is absent", "[process]") {
  for (const int pid : {0, -1, 2147483647}) {
    INFO(pid);
    CHECK(code_of(process_state(pid)) == Code::absent);
    CHECK_FALSE(process_exists(pid));
  }
  CHECK(code_of(open_process(2147483647, 1)) == Code::absent);
  CHECK(command_of(2147483647).empty());
  CHECK(pid_namespace_of(2147483647) == 0);
  CHECK(innermost_pid(2147483647) == 0);
}

TEST_CASE("a name can't pretend to be the rest of the line", "[process]") {
  const auto outcome = test::in_child([] {
    ::prctl(PR_SET_NAME, ") Z 1 2 (");
    const auto self = process_state(::getpid());
    CHILD_REQUIRE(self.has_value());
    CHILD_REQUIRE(self->state == 'R');
    CHILD_REQUIRE(self->parent == ::getppid());
    return 0;
  });
  succeeds(outcome);
}

TEST_CASE("a process that nobody has waited for yet has ended", "[process]") {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::_exit(0);
  }
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) == 0);
  const auto child = process_state(pid);
  REQUIRE(child);
  CHECK(child->ended());
  ::waitpid(pid, nullptr, 0);
  CHECK_FALSE(process_state(pid));
}

TEST_CASE("a descriptor means one process and no other", "[process]") {
  const Sleeper sleeper;
  const auto state = process_state(sleeper.pid());
  REQUIRE(state);
  CHECK(code_of(open_process(sleeper.pid(), state->start + 1)) == Code::absent);
  const auto process = open_process(sleeper.pid(), state->start);
  REQUIRE(process);
  CHECK_FALSE(wait_process(*process, monotonic_ns() + 5'000'000).value());
  CHECK_FALSE(wait_process(*process, 0).value());
  REQUIRE(signal_process(*process, 0));
  REQUIRE(signal_process(*process, SIGKILL));
  CHECK(wait_process(*process, -1).value());
  ::waitpid(sleeper.pid(), nullptr, WNOWAIT);
}

TEST_CASE("signalling what has ended is told", "[process]") {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::pause();
  }
  const auto process = open_process(pid, process_state(pid)->start);
  REQUIRE(process);
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  CHECK(code_of(signal_process(*process, SIGTERM)) == Code::absent);
}

TEST_CASE("all processes are visited, until the visitor has enough", "[process]") {
  struct Visit {
    int wanted;
    int found = 0;
    int calls = 0;
  } visit{::getpid()};
  const auto look = [](void* context, const ProcessState& process) {
    auto& all = *static_cast<Visit*>(context);
    ++all.calls;
    all.found += process.pid == all.wanted ? 1 : 0;
    return true;
  };
  REQUIRE(each_process(look, &visit));
  CHECK(visit.found == 1);
  int calls = 0;
  REQUIRE(each_process([](void* count, const ProcessState&) { return ++*static_cast<int*>(count) < 1; }, &calls));
  CHECK(calls == 1);
}

TEST_CASE("boot and pid namespace are the same for all here", "[process]") {
  CHECK(boot_id() == boot_id());
  CHECK((boot_id().high != 0 && boot_id().low != 0));
  CHECK(pid_namespace() != 0);
  const Sleeper sleeper;
  CHECK(pid_namespace_of(sleeper.pid()) == pid_namespace());
}

TEST_CASE("a command line is shown with blanks, and cut to fit", "[process]") {
  const Sleeper sleeper;
  CHECK_FALSE(command_of(sleeper.pid()).empty());
  CHECK(command_of(sleeper.pid()).view() == command_of(::getpid()).view());
  // A kernel thread has no command line; its name is shown, where one can be seen.
  if (const auto thread = process_state(2); thread && thread->parent == 0) {
    CHECK(command_of(2).view() == "kthreadd");
  }
}

TEST_CASE("who has a file open can be told", "[process]") {
  const test::Directory directory;
  test::make_file(directory / "file", "x");
  test::make_file(directory / "other", "x");
  const auto file = info_of(directory / "file");
  const auto other = info_of(directory / "other");
  REQUIRE((file && other));
  CHECK_FALSE(has_open(::getpid(), *file));
  const Fd open(::open((directory / "file").c_str(), O_RDONLY | O_CLOEXEC));
  CHECK(has_open(::getpid(), *file));
  CHECK_FALSE(has_open(::getpid(), *other));
  CHECK_FALSE(has_open(2147483647, *file));
  CHECK(may_have_open(::getpid(), *file));
  CHECK_FALSE(may_have_open(::getpid(), *other));
  CHECK_FALSE(may_have_open(2147483647, *file));
  CHECK(has_open_as(::getpid(), open.get(), *file));
  CHECK_FALSE(has_open_as(::getpid(), open.get(), *other));
  CHECK_FALSE(has_open_as(::getpid(), open.get() + 1, *file));
}

TEST_CASE("there is a processor to run on, and no more than taskset leaves", "[process]") {
  CHECK(usable_processors() >= 1);
  const auto outcome = test::in_child([] {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<unsigned>(::sched_getcpu()), &one);
    CHILD_REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
    CHILD_REQUIRE(usable_processors() == 1);
    return 0;
  });
  test::succeeds(outcome);
}
