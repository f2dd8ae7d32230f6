#include "os/spawn.hpp"
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <vector>
#include "os/clock.hpp"
#include "os/process.hpp"
#include "os/text.hpp"

// Between clone and exec the child runs in the caller's memory: no heap, no errno, nothing that a tool instruments.
#define SHM_IN_CHILD __attribute__((no_sanitize("address", "thread", "undefined")))

namespace shm::os {

namespace {
constexpr std::string_view default_path = "/bin:/usr/bin";  // execvp's, where there is no PATH

struct Child {
  const Command* command;
  const char* path;       // PATH's value
  char* const* by_shell;  // "/bin/sh", a place for the file, the arguments
  int tell;               // where to write the error too; -1: nowhere
  volatile int error;
  volatile StartStep step;
};

// Tries one file; comes back only if it can't be run.
SHM_IN_CHILD int run_file(const Child& child, const char* file) noexcept {
  const Command& command = *child.command;
  long result = sys::call(SYS_execve, file, command.words, command.environment);
  if (result == -ENOEXEC) {  // a script without `#!`, as execvp takes it
    const_cast<const char**>(child.by_shell)[1] = file;
    result = sys::call(SYS_execve, "/bin/sh", child.by_shell, command.environment);
  }
  return static_cast<int>(-result);
}

SHM_IN_CHILD bool go_on_searching(int error) noexcept {
  return error == ENOENT || error == ENOTDIR || error == EACCES || error == ESTALE || error == ENODEV ||
         error == ETIMEDOUT;
}

SHM_IN_CHILD int run_found(const Child& child) noexcept {
  const std::string_view name = child.command->words[0];
  if (name.empty()) {
    return ENOENT;
  }
  if (name.find('/') != std::string_view::npos) {
    return run_file(child, child.command->words[0]);
  }
  bool refused = false;
  std::string_view rest = child.path;
  for (bool more = true; more;) {
    const auto colon = rest.find(':');
    const auto directory = rest.substr(0, colon);
    more = colon != std::string_view::npos;
    rest.remove_prefix(more ? colon + 1 : rest.size());
    Path file(directory);
    if (!directory.empty()) {  // an empty one means the working directory
      file.add("/");
    }
    // Asking first is much cheaper than an exec that fails.
    if (file.add(name).cut() || sys::call(SYS_faccessat, AT_FDCWD, file.c_str(), F_OK) == -ENOENT) {
      continue;
    }
    const int error = run_file(child, file.c_str());
    if (!go_on_searching(error)) {
      return error;
    }
    refused = refused || error == EACCES;
  }
  return refused ? EACCES : ENOENT;
}

// A nice value counts from the caller's, and is cut to what there is, as nice(1) does.
SHM_IN_CHILD int set_nice(int more) noexcept {
  constexpr int zero = 20;  // the bare system call returns 20 minus the nice value
  const long now = sys::call(SYS_getpriority, PRIO_PROCESS, 0);
  if (now < 0) {
    return static_cast<int>(-now);
  }
  return static_cast<int>(-sys::call(SYS_setpriority, PRIO_PROCESS, 0, zero - now + more));
}

SHM_IN_CHILD int enter_circumstances(Child& child) noexcept {
  constexpr int this_process = 1;  // IOPRIO_WHO_PROCESS
  const Circumstances& wanted = child.command->circumstances;
  int error = 0;
  if (wanted.nice != 0) {
    child.step = StartStep::set_nice;
    error = set_nice(wanted.nice);
  }
  if (error == 0 && wanted.io_priority >= 0) {
    child.step = StartStep::set_io_priority;
    error = static_cast<int>(-sys::call(SYS_ioprio_set, this_process, 0, wanted.io_priority));
  }
  if (error == 0 && wanted.directory != nullptr) {
    child.step = StartStep::enter_directory;
    error = static_cast<int>(-sys::call(SYS_chdir, wanted.directory));
  }
  if (wanted.file_mode_mask >= 0) {
    sys::call(SYS_umask, wanted.file_mode_mask);
  }
  if (wanted.own_session) {
    sys::call(SYS_setsid);
  }
  return error;
}

// Also where the descriptor has that number already: then it must lose its close-on-exec.
SHM_IN_CHILD void give_stream(int file, int number) noexcept {
  if (file == number) {
    sys::call(SYS_fcntl, number, F_SETFD, 0);
  } else if (file >= 0) {
    sys::call(SYS_dup3, file, number, 0);
  }
}

SHM_IN_CHILD void write_own_pid(std::span<char* const> places) noexcept {
  if (places.empty()) {
    return;
  }
  const auto pid = static_cast<unsigned>(sys::call(SYS_getpid));
  unsigned unit = 1;
  while (pid / unit > 9) {
    unit *= 10;
  }
  for (char* place : places) {
    for (unsigned at = unit; at != 0; at /= 10) {
      *place++ = static_cast<char>('0' + pid / at % 10);
    }
    *place = '\0';
  }
}

SHM_IN_CHILD int in_child(void* argument) noexcept {
  auto& child = *static_cast<Child*>(argument);
  const Command& command = *child.command;
  write_own_pid(command.pid_texts);
  if (command.started != nullptr) {
    __atomic_store_n(command.started, start_ticks(boottime_ns()), __ATOMIC_RELEASE);
  }
  give_stream(command.input, 0);
  give_stream(command.output, 1);
  give_stream(command.error, 2);
  for (const int number : command.keep) {
    sys::call(SYS_fcntl, number, F_SETFD, 0);  // in the child's own table: the caller's stays close-on-exec
  }
  for (int signal = 1; signal <= most_signal; ++signal) {
    if (command.ignored.has(signal)) {
      set_signal_ignored(signal, true);
    }
  }
  set_signal_mask(command.mask);
  int error = enter_circumstances(child);
  if (error == 0) {
    child.step = StartStep::run;
    error = run_found(child);
  }
  child.error = error;
  if (child.tell >= 0) {
    sys::retry(SYS_write, child.tell, &error, sizeof error);
  }
  sys::call(SYS_exit_group, 127);
  return 127;
}

const char* path_of(char* const* environment) noexcept {
  for (; *environment != nullptr; ++environment) {
    constexpr char name[] = "PATH=";
    if (begins_with(*environment, name)) {
      return *environment + sizeof name - 1;
    }
  }
  return default_path.data();
}

constexpr char shell[] = "/bin/sh";

std::vector<char*> words_by_shell(const Command& command) noexcept {
  std::size_t count = 1;
  while (command.words[count] != nullptr) {
    ++count;
  }
  std::vector<char*> words;
  words.reserve(count + 2);
  words.push_back(const_cast<char*>(&shell[0]));  // nobody writes to it
  words.push_back(nullptr);
  for (char* const* word = command.words + 1; *word != nullptr; ++word) {
    words.push_back(*word);
  }
  words.push_back(nullptr);
  return words;
}

// No handler of this program may run in the child while it uses this program's memory. But for one: `started` is in a
// file's memory, which somebody may cut short, and a blocked SIGBUS would end the child as if the command had died.
SignalSet all_but_bus_error() noexcept {
  SignalSet set(SIGBUS);
  *set.bits() = ~*set.bits();
  return set;
}

Error no_process(int error) noexcept {
  return error == EAGAIN ? fail(Code::full, "start", "a process", "too many processes",
                                "raise the limit of processes (ulimit -u), or wait")
                         : fail_errno(error, "start", "a process");
}

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define SHM_OWN_STACK 1
#else
#define SHM_OWN_STACK 0
#endif

// Calls `run(child)` in a new process that shares this one's memory, and returns its pid, or -errno, when it has
// another memory or has ended. `*pid` is stored before it exists for anybody.
#if SHM_OWN_STACK
// The child goes on below this function's own frame, where nothing lives as long as this process sleeps: no page that
// is not in use already needs to be touched for its stack.
__attribute__((noinline)) long run_beside(int (*run)(void*) noexcept, Child& child, std::int32_t* pid) noexcept {
  long result = SYS_clone;
  register long r10 __asm__("r10") = 0;
  register long r8 __asm__("r8") = 0;
  __asm__ volatile(
      "lea -256(%%rsp), %%rsi\n\t"
      "and $-16, %%rsi\n\t"
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "mov %[child], %%rdi\n\t"
      "call *%[run]\n\t"
      "ud2\n"
      "1:"
      : "+a"(result)
      : "D"(long{CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | SIGCHLD}), "d"(pid), "r"(r10),
        "r"(r8), [child] "r"(&child), [run] "r"(run)
      : "rcx", "r11", "rsi", "memory");
  return result;
}
#else
__attribute__((noinline)) long run_beside(int (*run)(void*) noexcept, Child& child, std::int32_t* pid) noexcept {
  constexpr std::size_t stack_size = 32768;  // two paths and some calls
  alignas(16) std::byte stack[stack_size];
  const int made =
      ::clone(run, &stack[stack_size], CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | SIGCHLD, &child, pid);
  return made < 0 ? -errno : made;
}
#endif

// The child of start_admitted(): in memory of its own, with one end of the gate and no other.
[[noreturn]] void wait_at_gate(Child& child, const Fd& gate) noexcept {
  char word = 0;
  if (sys::retry(SYS_read, gate.get(), &word, 1) == 1) {  // nothing comes if the parent has ended, or says no
    in_child(&child);
  }
  sys::call(SYS_exit_group, 127);
  __builtin_unreachable();
}
}  // namespace

Result<Started> start_command(const Command& command) noexcept {
  auto by_shell = words_by_shell(command);
  Child child{&command, path_of(command.environment), by_shell.data(), -1, 0, StartStep::run};

  std::int32_t pid_here = 0;
  const SignalSet mask = block_signals(all_but_bus_error());
  sys::tell(SYS_clone, CLONE_VM | CLONE_VFORK);
  const long made = run_beside(in_child, child, command.pid != nullptr ? command.pid : &pid_here);
  set_signal_mask(mask);
  if (made < 0) {
    return std::unexpected(no_process(static_cast<int>(-made)));
  }
  const int pid = static_cast<int>(made);
  if (child.error != 0) {
    sys::retry(SYS_wait4, pid, 0, 0, 0);
    return Started{0, child.error, child.step};
  }
  return Started{pid, 0, StartStep::run};
}

int become_command(const Command& command) noexcept {
  auto by_shell = words_by_shell(command);
  const Child child{&command, path_of(command.environment), by_shell.data(), -1, 0, StartStep::run};
  for (const int number : command.keep) {
    sys::call(SYS_fcntl, number, F_SETFD, 0);
  }
  return run_found(child);
}

Result<Started> start_admitted(const Command& command, const Admission& admission) noexcept {
  int ends[2];
  if (const long made = sys::call(SYS_socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, &ends[0]); made < 0) {
    return std::unexpected(fail_errno(-made, "start", "a process"));
  }
  Fd own(ends[0]);
  Fd childs(ends[1]);
  auto by_shell = words_by_shell(command);
  Child child{&command, path_of(command.environment), by_shell.data(), ends[1], 0, StartStep::run};
  const SignalSet mask = block_signals(all_but_bus_error());
  sys::tell(SYS_clone, 0);
  const int pid = ::fork();
  if (pid == 0) {
    own.reset();  // or it would not see that the parent has ended
    wait_at_gate(child, childs);
  }
  const int error = errno;
  set_signal_mask(mask);
  if (pid < 0) {
    return std::unexpected(no_process(error));
  }
  childs.reset();
  Started started{pid, 0, StartStep::run};
  if (!admission.admit(admission.context, pid)) {
    own.reset();
    sys::retry(SYS_wait4, pid, 0, 0, 0);
    return Started{};
  }
  sys::retry(SYS_sendto, own.get(), "", 1, MSG_NOSIGNAL, 0, 0);
  // Ends without a word when the command is under way: its end is closed by exec.
  int said = 0;
  if (sys::retry(SYS_read, own.get(), &said, sizeof said) == sizeof said) {
    started.exec_errno = said;
  }
  return started;
}

}  // namespace shm::os
