#include "trace/calls.hpp"
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <csignal>
#include "trace/words.hpp"

namespace shm::trace {

namespace {
using enum Shape;

constexpr Call calls[] = {
    {SYS_accept4, "accept4", file, "let in who calls at @"},
    {SYS_bind, "bind", address, "give a socket its name"},
    {SYS_capget, "capget", nothing, "ask what this process may do"},
    {SYS_chdir, "chdir", path, "enter the command's directory"},
    {SYS_clock_gettime, "clock_gettime", nothing, "ask what time it is"},
    {SYS_clock_nanosleep, "clock_nanosleep", nothing, "sleep"},
    {SYS_clone, "clone", nothing, "make a process"},
    {SYS_close, "close", file, "close @"},
    {SYS_connect, "connect", address, "call at a socket"},
    {SYS_dup3, "dup3", file, "make @ a standard stream"},
    {SYS_execve, "execve", path, "become another program"},
    {SYS_exit_group, "exit_group", nothing, "end"},
    {SYS_faccessat, "faccessat", at, "ask whether it is there"},
    {SYS_faccessat2, "faccessat2", at, "ask whether names may be changed in @"},
    {SYS_fallocate, "fallocate", file, "reserve memory for @"},
    {SYS_fchmod, "fchmod", file, "set the mode of @"},
    {SYS_fchown, "fchown", file, "set the group of @"},
    {SYS_fcntl, "fcntl", file, "ask about @"},
    {SYS_flock, "flock", file, "take @, if it is free"},
    {SYS_fstat, "fstat", file, "look at @"},
    {SYS_fstatfs, "fstatfs", file, "ask on what file system is @"},
    {SYS_fsync, "fsync", file, "have @ written to disk"},
    {SYS_ftruncate, "ftruncate", file, "set the size of @"},
    {SYS_futex, "futex", nothing, "wake who sleeps until a word of an object changes"},
    {SYS_getcwd, "getcwd", nothing, "ask for the working directory"},
    {SYS_getdents64, "getdents64", file, "list the names in @"},
    {SYS_getegid, "getegid", nothing, "ask as which group this is"},
    {SYS_geteuid, "geteuid", nothing, "ask as which user this is"},
    {SYS_getpgid, "getpgid", nothing, "ask which process group this is"},
    {SYS_getpid, "getpid", nothing, "ask for the own pid"},
    {SYS_getppid, "getppid", nothing, "ask who has started this"},
    {SYS_getpriority, "getpriority", nothing, "ask for the nice value"},
    {SYS_getrandom, "getrandom", nothing, "make an id that nobody has"},
    {SYS_getsockname, "getsockname", file, "ask for the name of a socket"},
    {SYS_getsockopt, "getsockopt", file, "ask who is at the other end"},
    {SYS_ioctl, "ioctl", file, "ask what kind of stream @ is"},
    {SYS_ioprio_set, "ioprio_set", nothing, "set the command's I/O priority"},
    {SYS_kill, "kill", nothing, "send a process a signal, or see that it is there"},
    {SYS_linkat, "linkat", to, "give @ its name"},
    {SYS_listen, "listen", file, "let others call at @"},
    {SYS_madvise, "madvise", nothing, "have pages of memory ready"},
    {SYS_memfd_create, "memfd_create", nothing, "make a file in memory"},
    {SYS_mkdirat, "mkdirat", at, "make a directory"},
    {SYS_mmap, "mmap", mapped, "map @ into memory"},
    {SYS_mprotect, "mprotect", nothing, "set what may be done with memory"},
    {SYS_munmap, "munmap", nothing, "end a mapping"},
    {SYS_openat, "openat", at, "open @"},
    {SYS_openat2, "openat2", at, "open @"},
    {SYS_pidfd_getfd, "pidfd_getfd", nothing, "get a copy of a descriptor of another process"},
    {SYS_pidfd_open, "pidfd_open", nothing, "get hold of a process, to wait for it or to send it signals"},
    {SYS_pidfd_send_signal, "pidfd_send_signal", nothing, "send a process a signal"},
    {SYS_pipe2, "pipe2", nothing, "make a pipe"},
    {SYS_ppoll, "ppoll", nothing, "wait until something happens"},
    {SYS_prctl, "prctl", nothing, "ask for the program's name"},
    {SYS_pread64, "pread64", file, "read @"},
    {SYS_prlimit64, "prlimit64", nothing, "ask for a limit"},
    {SYS_pwrite64, "pwrite64", file, "write to @"},
    {SYS_pwritev, "pwritev", file, "write to @"},
    {SYS_read, "read", file, "read @"},
    {SYS_readlinkat, "readlinkat", at, "read where it points: @"},
    {SYS_recvfrom, "recvfrom", file, "receive a message"},
    {SYS_recvmsg, "recvmsg", file, "receive a message"},
    {SYS_renameat2, "renameat2", to, "give @ its name"},
    {SYS_rt_sigaction, "rt_sigaction", nothing, "say what a signal is to do"},
    {SYS_rt_sigprocmask, "rt_sigprocmask", nothing, "hold signals back, or let them come"},
    {SYS_rt_sigtimedwait, "rt_sigtimedwait", nothing, "wait for a signal"},
    {SYS_sched_getaffinity, "sched_getaffinity", nothing, "ask how many processors there are"},
    {SYS_sched_yield, "sched_yield", nothing, "let others go first"},
    {SYS_sendmsg, "sendmsg", file, "send a message"},
    {SYS_sendto, "sendto", file, "send a message"},
    {SYS_setpriority, "setpriority", nothing, "set the command's nice value"},
    {SYS_setsid, "setsid", nothing, "begin a session"},
    {SYS_setsockopt, "setsockopt", file, "set up @"},
    {SYS_shutdown, "shutdown", file, "say that nothing more comes"},
    {SYS_signalfd4, "signalfd4", nothing, "have signals come as a stream"},
    {SYS_socket, "socket", nothing, "make a socket"},
    {SYS_socketpair, "socketpair", nothing, "make a pair of sockets"},
    {SYS_statx, "statx", at, "look at @"},
    {SYS_symlinkat, "symlinkat", to, "make a link"},
    {SYS_timer_create, "timer_create", nothing, "make a timer"},
    {SYS_timer_delete, "timer_delete", nothing, "remove the timer"},
    {SYS_timer_settime, "timer_settime", nothing, "set the timer"},
    {SYS_umask, "umask", nothing, "set the mask of modes of new files"},
    {SYS_unlinkat, "unlinkat", at, "remove @"},
    {SYS_unshare, "unshare", nothing, "have descriptors of its own"},
    {SYS_utimensat, "utimensat", at, "set the time of @"},
    {SYS_wait4, "wait4", nothing, "learn how a process has ended"},
    {SYS_waitid, "waitid", nothing, "look for a process that has ended"},
    {SYS_write, "write", file, "write to @"},
#if defined(__x86_64__)
    {SYS_poll, "poll", nothing, "wait until something happens"},
    {SYS_vfork, "vfork", nothing, "start the command"},
#endif
};
constexpr Call unknown = {-1, "", nothing, "(no purpose is known)"};

std::string_view purpose_of_open(std::uint64_t flags) noexcept {
  if ((flags & O_TMPFILE) == O_TMPFILE) {
    return "make a file without a name";
  }
  return (flags & O_CREAT) != 0 ? "make @" : "open @";
}

std::string_view purpose_of_fcntl(long command, const struct flock* lock) noexcept {
  switch (command) {
    case F_GETFD: return "see that @ is open";
    case F_SETFD: return "leave @ open for the command";
    case F_DUPFD_CLOEXEC: return "move @ out of the way of the command's descriptors";
    case F_SETFL: return "set how @ is read and written";
    case F_ADD_SEALS: return "seal @";
    case F_OFD_GETLK: return "ask whether somebody has a byte of @ locked";
    case F_OFD_SETLK:
    case F_OFD_SETLKW: break;
    default: return {};
  }
  if (lock->l_type == F_UNLCK) {
    return "unlock a byte of @";
  }
  return command == F_OFD_SETLK ? "lock a byte of @, if it is free" : "lock a byte of @, or wait for it";
}

std::string_view purpose_of_flock(long operation) noexcept {
  if ((operation & LOCK_UN) != 0) {
    return "give @ back";
  }
  return (operation & LOCK_NB) != 0 ? "lock @, if it is free" : "lock @, or wait for it";
}

std::string_view purpose_of_stream(long number, std::string_view otherwise) noexcept {
  switch (number) {
    case 1: return "say the answer";
    case 2: return "say what is wrong";
    default: return otherwise;
  }
}

std::string_view purpose_of_sigaction(long signal, bool asks) noexcept {
  if (asks) {
    return "ask what a signal does";
  }
  return signal == SIGBUS ? "end in order where an object's file is cut short" : "say what a signal is to do";
}

std::string_view purpose_of_look(std::string_view about) noexcept {
  if (about == "the store") {
    return "see whose @ is, and who may change it";
  }
  return about == "a directory above the store" ? "see who could put another store in its place" : std::string_view();
}

std::string_view special_purpose(const long* words, std::string_view about) noexcept {
  const long a = words[1];
  const long b = words[2];
  const long c = words[3];
  switch (words[0]) {
    case SYS_openat: return purpose_of_open(static_cast<std::uint64_t>(c));
    case SYS_openat2: return purpose_of_open(pointer<const open_how>(c)->flags);
    case SYS_fcntl: return purpose_of_fcntl(b, pointer<const struct flock>(c));
    case SYS_flock: return purpose_of_flock(b);
    case SYS_ioctl: return about == "a process" ? "ask about @" : std::string_view();
    case SYS_statx: return purpose_of_look(about);
    case SYS_write: return purpose_of_stream(a, "write to @");
    case SYS_clone: return (a & CLONE_VFORK) != 0 ? "start the command" : std::string_view();
    case SYS_mmap: return words[5] < 0 ? "get memory" : std::string_view();
    case SYS_futex:
      return (b & FUTEX_CMD_MASK) == FUTEX_WAIT ? "sleep until a word of an object changes" : std::string_view();
    case SYS_prctl:
      return a == PR_SET_CHILD_SUBREAPER ? "become the parent of what the command leaves behind"
             : a == PR_SET_PDEATHSIG     ? "end with the process that is helped"
                                         : std::string_view();
    case SYS_rt_sigaction: return purpose_of_sigaction(a, b == 0);
    default: return {};
  }
}
}  // namespace

const Call& call_of(long number) noexcept {
  for (const auto& call : calls) {
    if (call.number == number) {
      return call;
    }
  }
  return unknown;
}

std::string_view purpose_of(const Call& call, const long* words, std::string_view about) noexcept {
  const auto special = special_purpose(words, about);
  return special.empty() ? call.purpose : special;
}

}  // namespace shm::trace
