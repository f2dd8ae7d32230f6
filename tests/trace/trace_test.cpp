#include "trace/trace.hpp"
#include <elf.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>
#include "catch.hpp"
#include "os/memory_file.hpp"
#include "os/spawn.hpp"
#include "os/sys.hpp"

using namespace shm;

namespace {
namespace sys = os::sys;

// What the kernel puts on the stack of a new process: words, null, environment, null, and its notes.
class Stack {
 public:
  explicit Stack(std::vector<std::string> environment, bool secure = false) : texts_(std::move(environment)) {
    places_.push_back(program_.data());
    places_.push_back(nullptr);
    for (auto& text : texts_) {
      places_.push_back(text.data());
    }
    places_.push_back(nullptr);
    for (const std::uintptr_t word :
         {std::uintptr_t{AT_SECURE}, std::uintptr_t{secure ? 1U : 0U}, std::uintptr_t{AT_NULL}}) {
      places_.push_back(reinterpret_cast<char*>(word));
    }
    places_.push_back(nullptr);
  }
  char** words() { return places_.data(); }
  [[nodiscard]] std::vector<std::string> environment() const {
    std::vector<std::string> all;
    for (auto at = places_.begin() + 2; *at != nullptr; ++at) {
      all.emplace_back(*at);
    }
    return all;
  }

 private:
  std::string program_ = "shmctl";
  std::vector<std::string> texts_;
  std::vector<char*> places_;
};

// What `act` says, in a process of its own.
std::string said_by(const std::function<void()>& act) {
  int ends[2];
  REQUIRE(::pipe2(&ends[0], O_CLOEXEC) == 0);
  const int pid = ::fork();
  if (pid == 0) {
    ::dup2(ends[1], 1);
    ::dup2(ends[1], 2);
    act();
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string said;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], &buffer[0], sizeof buffer)) > 0;) {
    said.append(&buffer[0], static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = -1;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  REQUIRE(status == 0);
  return said;
}

std::uint64_t seven() noexcept { return 7; }

// Without the number of page faults, which is the machine's.
std::string steady(const std::string& said) {
  const auto comma = said.rfind(", ");
  REQUIRE(said.ends_with(" page faults\n"));
  return said.substr(0, comma);
}
}  // namespace

TEST_CASE("each call is told with its purpose, and they are counted", "[trace]") {
  Stack stack({"A=1", "SHMCTL_TRACE=1"});
  const auto said = said_by([&] {
    trace::begin(stack.words(), seven);
    const long store = sys::call(SYS_openat, AT_FDCWD, "/dev/shm", O_DIRECTORY | O_CLOEXEC, 0);
    sys::call(SYS_openat, store, "no\nsuch", O_RDONLY, 0);
    sys::call(SYS_close, store);
    trace::end();
  });
  CHECK(steady(said) ==
        "shmctl: trace: 1 openat /dev/shm: open the store\n"
        "shmctl: trace: 2 openat no?such: open the object\n"
        "shmctl: trace: 2 failed: No such file or directory\n"
        "shmctl: trace: 3 close /dev/shm: close the store\n"
        "shmctl: trace: 4 exit_group: end\n"
        "shmctl: trace: 4 system calls, 7 allocations");
}

TEST_CASE("nobody traces who was not asked to", "[trace]") {
  const bool secure = GENERATE(true, false);
  const auto* const variable =
      secure ? "SHMCTL_TRACE=1" : GENERATE("SHMCTL_TRACE=", "SHMCTL_TRACE=0", "SHMCTL_TRACED=1");
  Stack stack({variable, "B=2"}, secure);
  CHECK(said_by([&] {
          const trace::Trace trace(stack.words());
          sys::call(SYS_getpid);
        }).empty());
  CHECK(stack.environment() == std::vector<std::string>{variable, "B=2"});
}

TEST_CASE("a traced call has the answer and the registers of a call", "[trace]") {
  Stack stack({"SHMCTL_TRACE=1"});
  const auto said = said_by([&] {
    const trace::Trace trace(stack.words());
    double number = static_cast<double>(::getpid());
    const double before = number * 1.5;
    __asm__ volatile("" : "+x"(number));
    const bool same = sys::call(SYS_getpid) == ::getpid() && sys::call(SYS_close, -1) == -EBADF;
    __asm__ volatile("" : "+x"(number));
    if (!same || number * 1.5 != before) {
      ::_exit(1);
    }
  });
  CHECK(said.find("getpid: ask for the own pid\n") != std::string::npos);
}

TEST_CASE("the variable is taken from commands, and the child that starts one is told apart", "[trace]") {
  Stack stack({"A=1", "SHMCTL_TRACE=yes", "PATH=/usr/bin:/bin"});
  std::string said = said_by([&] {
    const trace::Trace trace(stack.words());
    if (stack.environment() != std::vector<std::string>{"A=1", "PATH=/usr/bin:/bin"}) {
      ::_exit(1);
    }
    char words[3][4] = {"sh", "-c", ":"};
    char* pointers[] = {&words[0][0], &words[1][0], &words[2][0], nullptr};
    os::Command command;
    command.words = &pointers[0];
    command.environment = stack.words() + 2;
    const auto started = os::start_command(command);
    if (!started || sys::retry(SYS_wait4, started->pid, 0, 0, 0) != started->pid) {
      ::_exit(2);
    }
  });
  CHECK(said.find(" clone: start the command\n") != std::string::npos);
  CHECK(said.find("shmctl: trace: child ") != std::string::npos);
  CHECK(said.find("bin/sh: become another program\n") != std::string::npos);
  CHECK(said.find(" of a child, ") != std::string::npos);
  // The child's end of the trace is not the end of it.
  CHECK(said.find(" page faults\n") == said.rfind(" page faults\n"));
}

TEST_CASE("a program that begins again with the same words goes on with the trace", "[trace]") {
  Stack stack({"SHMCTL_TRACE=1", "A=1"});
  const auto said = said_by([&] {
    const trace::Trace trace(stack.words());
    char** const environment = stack.words() + 2;
    char word[] = "sh";
    char* other[] = {&word[0], nullptr};
    sys::call(SYS_execve, "/no/such/program", stack.words(), environment);
    if (stack.environment() != std::vector<std::string>{"A=1"}) {
      ::_exit(1);
    }
    sys::call(SYS_execve, "/no/such/command", &other[0], environment);
    sys::call(SYS_execve, "/usr/bin/env", stack.words(), environment);
  });
  CHECK(said.ends_with("A=1\nSHMCTL_TRACE=1\n"));  // env says which environment it has
  CHECK(said.find("execve /no/such/program: become another program\n") != std::string::npos);
  // Before each attempt, in vain or not.
  std::size_t ends = 0;
  for (std::size_t at = 0; (at = said.find(" page faults\n", at)) != std::string::npos; ++at) {
    ++ends;
  }
  CHECK(ends == 3);
}
