#include "support/process.hpp"
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include "catch.hpp"

namespace test {

namespace {
[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::abort();
}

// Nothing of a child's may come back into the parent's test case.
[[noreturn]] void end_with(const Act& act) {
  try {
    ::_exit(act());
  } catch (const std::exception& thrown) {
    ::dprintf(2, "thrown: %s\n", thrown.what());
  } catch (...) {
    ::dprintf(2, "thrown\n");
  }
  ::_exit(98);
}

int wait_status(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) {
      give_up("waitpid");
    }
  }
  return status;
}
}  // namespace

void succeeds(const Outcome& outcome) {
  INFO(outcome.errors);
  INFO("ended by signal " << outcome.signal);
  REQUIRE(outcome.exit_status == 0);
}

bool is_root() { return ::geteuid() == 0; }

void child_failed(const char* condition, const char* file, int line) {
  ::dprintf(2, "%s:%d: not so: %s\n", file, line, condition);
  ::_exit(99);
}

Outcome in_child(const Act& act) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    give_up("pipe");
  }
  const pid_t pid = ::fork();
  if (pid < 0) {
    give_up("fork");
  }
  if (pid == 0) {
    ::dup2(ends[1], 2);
    // A crash is what some cases are about: Catch2 must not report it as the parent's.
    for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTERM, SIGINT}) {
      ::signal(signal, SIG_DFL);
    }
    end_with(act);
  }
  ::close(ends[1]);
  Outcome outcome;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) != 0;) {
    if (got > 0) {
      outcome.errors.append(buffer, static_cast<std::size_t>(got));
    } else if (errno != EINTR) {
      give_up("read");
    }
  }
  ::close(ends[0]);
  const int status = wait_status(pid);
  if (WIFEXITED(status)) {
    outcome.exit_status = WEXITSTATUS(status);
  } else {
    outcome.signal = WTERMSIG(status);
  }
  return outcome;
}

Outcome as_user(uid_t uid, gid_t gid, const Act& act, const std::vector<gid_t>& more) {
  return in_child([&] {
    CHILD_REQUIRE(::setgroups(more.size(), more.data()) == 0);
    CHILD_REQUIRE(::setresgid(gid, gid, gid) == 0);
    CHILD_REQUIRE(::setresuid(uid, uid, uid) == 0);
    return act();
  });
}

Outcome in_own_mounts(const Act& act) {
  return in_child([&] {
    CHILD_REQUIRE(::unshare(CLONE_NEWNS) == 0);
    CHILD_REQUIRE(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
    return act();
  });
}

bool can_mount() {
  static const bool can = is_root() && in_own_mounts([] { return 0; }).exit_status == 0;
  return can;
}

bool mount_tmpfs(const char* where, const char* options) {
  return ::mount("tmpfs", where, "tmpfs", MS_NOSUID | MS_NODEV, options) == 0;
}

Crowd::~Crowd() {
  for (const pid_t pid : pids_) {
    if (pid > 0) {
      ::kill(pid, SIGKILL);
      wait_status(pid);
    }
  }
  for (const int end : gate_) {
    if (end >= 0) {
      ::close(end);
    }
  }
}

void Crowd::add(const Act& act) {
  if (gate_[0] < 0 && ::pipe2(gate_, O_CLOEXEC) != 0) {
    give_up("pipe");
  }
  const pid_t pid = ::fork();
  if (pid < 0) {
    give_up("fork");
  }
  if (pid == 0) {
    ::close(gate_[1]);
    char nothing = 0;
    while (::read(gate_[0], &nothing, 1) < 0) {  // ends when the parent opens the gate by closing its end
    }
    end_with(act);
  }
  pids_.push_back(pid);
}

void Crowd::go() {
  ::close(gate_[1]);
  gate_[1] = -1;
}

int Crowd::wait_for(std::size_t index) { return wait_status(std::exchange(pids_[index], 0)); }

bool Crowd::wait() {
  bool all = true;
  for (std::size_t i = 0; i < pids_.size(); ++i) {
    all = (pids_[i] == 0 || wait_for(i) == 0) && all;
  }
  return all;
}

void* shared_memory(std::size_t bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    give_up("mmap");
  }
  return memory;
}

}  // namespace test
