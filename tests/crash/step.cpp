#include "step.hpp"
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include "report.hpp"

namespace crash {

#if defined(__x86_64__)

Child::Child(const std::function<std::function<void()>()>& ready) {
  pid_ = ::fork();
  if (pid_ < 0) {
    give_up("no child can be had");
  }
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    try {
      const auto act = ready();
      ::raise(SIGSTOP);
      act();
    } catch (...) {
      ::_exit(3);
    }
    ::raise(SIGSTOP);
    ::_exit(0);
  }
  wait();
  if (!WIFSTOPPED(status_) || WSTOPSIG(status_) != SIGSTOP) {
    give_up("the child did not get ready");
  }
  ::ptrace(PTRACE_SETOPTIONS, pid_, nullptr, PTRACE_O_EXITKILL);
}

Child::~Child() { kill(); }

void Child::kill() {
  if (pid_ != 0) {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, &status_, 0) == -1 && errno == EINTR) {
    }
    pid_ = 0;
  }
}

void Child::wait() {
  while (::waitpid(pid_, &status_, 0) == -1) {
    if (errno != EINTR) {
      give_up("the child is lost");
    }
  }
}

Child::Step Child::step(Call* made) {
  // Its code is this process's own: what it does next can be read here.
  user_regs_struct registers{};
  ::ptrace(PTRACE_GETREGS, pid_, nullptr, &registers);
  const auto* code = reinterpret_cast<const unsigned char*>(registers.rip);
  const bool call = code[0] == 0x0f && code[1] == 0x05;
  if (call && made != nullptr) {
    *made = {registers.rax, {registers.rdi, registers.rsi, registers.rdx}};
  }
  if (::ptrace(PTRACE_SINGLESTEP, pid_, nullptr, nullptr) != 0) {
    give_up("the child can't be stepped through");
  }
  wait();
  ++figures.instructions;
  if (!WIFSTOPPED(status_)) {
    pid_ = 0;
    failure("the operation ended its process");
    return Step::ended;
  }
  if (WSTOPSIG(status_) == SIGSTOP) {
    return Step::ended;
  }
  if (WSTOPSIG(status_) == SIGXFSZ) {  // ignored, but told to who traces
    return Step::done;
  }
  if (WSTOPSIG(status_) != SIGTRAP) {
    failure(std::string("the operation was ended by a signal: ") + ::strsignal(WSTOPSIG(status_)));
    kill();
    return Step::ended;
  }
  if (code[0] == 0xf3) {  // rep
    user_regs_struct now{};
    ::ptrace(PTRACE_GETREGS, pid_, nullptr, &now);
    if (now.rip == registers.rip) {
      return Step::repeated;
    }
  }
  return call ? Step::call : Step::done;
}

void Child::run_on() {
  if (pid_ == 0 || ::ptrace(PTRACE_CONT, pid_, nullptr, nullptr) != 0) {
    return;
  }
  wait();
  if (!WIFSTOPPED(status_)) {
    pid_ = 0;
  }
}

const char* can_step() {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) {
      ::_exit(1);
    }
    ::raise(SIGSTOP);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFSTOPPED(status)) {
    return "ptrace is refused here";
  }
  const bool stepped = ::ptrace(PTRACE_SINGLESTEP, child, nullptr, nullptr) == 0 &&
                       ::waitpid(child, &status, 0) == child && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP;
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return stepped ? nullptr : "processes can't be stepped through here";
}

#else

Child::Child(const std::function<std::function<void()>()>&) { give_up("only x86-64"); }
Child::~Child() = default;
void Child::kill() {}
void Child::wait() {}
Child::Step Child::step(Call*) { return Step::ended; }
void Child::run_on() {}
const char* can_step() { return "stepping through processes is written for x86-64"; }

#endif

}  // namespace crash
