// How much memory a program has had, three numbers of bytes, and its status:
//   memory PROGRAM WORD... 3>FILE        writes PEAK RESIDENT SHARE STATUS
// PEAK and RESIDENT are what it had of pages, at most and at its end, those of its own file and of others' too; SHARE
// counts a page that so many others have mapped as a part of itself. It is stopped at its end, when it has all its
// memory yet (ptrace); what its children have is not its own.
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace {
[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

/// The number of KiB in the line of that file of the process which begins so, in bytes.
long bytes_of(pid_t pid, const char* file, const std::string& begin) {
  std::ifstream lines("/proc/" + std::to_string(pid) + "/" + file);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(begin)) {
      return std::atol(line.c_str() + begin.size()) * 1024;
    }
  }
  std::fprintf(stderr, "bench: no %s in %s\n", begin.c_str(), file);
  std::exit(1);
}
}  // namespace

int main(int, char** argv) {
  if (argv[1] == nullptr) {
    std::fputs("usage: memory PROGRAM WORD...\n", stderr);
    return 2;
  }
  fcntl(3, F_SETFD, FD_CLOEXEC);
  const pid_t pid = fork();
  if (pid == 0) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    std::raise(SIGSTOP);
    execvp(argv[1], argv + 1);
    std::perror(argv[1]);
    _exit(127);
  }
  int status = 0;
  if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
      ptrace(PTRACE_SETOPTIONS, pid, nullptr, PTRACE_O_EXITKILL | PTRACE_O_TRACEEXIT | PTRACE_O_TRACEEXEC) != 0) {
    fail("bench: ptrace");
  }
  long peak = 0;
  long resident = 0;
  long share = 0;
  for (int pass_on = 0;;) {
    if (ptrace(PTRACE_CONT, pid, nullptr, pass_on) != 0 || waitpid(pid, &status, 0) != pid) {
      fail("bench: ptrace");
    }
    pass_on = 0;
    if (!WIFSTOPPED(status)) {
      break;
    }
    if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) {
      resident = bytes_of(pid, "smaps_rollup", "Rss:");
      share = bytes_of(pid, "smaps_rollup", "Pss:");
      peak = std::max(resident, bytes_of(pid, "status", "VmHWM:"));
    } else if (status >> 16 == 0) {
      pass_on = WSTOPSIG(status);
    }
  }
  dprintf(3, "%ld %ld %ld %d\n", peak, resident, share, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  return 0;
}
