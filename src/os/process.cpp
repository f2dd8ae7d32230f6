#include "os/process.hpp"
#include <fcntl.h>
#include <linux/stat.h>
#include <poll.h>
#include <sched.h>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <span>
#include "os/clock.hpp"

namespace shm::os {

namespace {
constexpr std::size_t field_parent = 4;  // of /proc/PID/stat, counted from 1, see proc(5)
constexpr std::size_t field_threads = 20;
constexpr std::size_t field_start = 22;

Text<64> proc_path(std::uint64_t pid, std::string_view file) noexcept {
  Text<64> path("/proc/");
  path.add_decimal(pid).add("/").add(file);
  return path;
}

/// What is one short line comes at once; the look at the end can be spared.
enum class Reads : std::uint8_t { all, one };

// Reads a file of /proc, which has no size of its own, as far as `buffer` goes.
std::string_view read_proc(const char* path, std::span<char> buffer, Reads reads = Reads::all) noexcept {
  const long opened = sys::retry(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (opened < 0) {
    return {};
  }
  const Fd file(static_cast<int>(opened));
  std::size_t size = 0;
  while (size < buffer.size()) {
    const long got = sys::retry(SYS_read, file.get(), buffer.data() + size, buffer.size() - size);
    if (got <= 0) {
      break;
    }
    size += static_cast<std::size_t>(got);
    if (reads == Reads::one) {
      break;
    }
  }
  return {buffer.data(), size};
}

template <class Number>
bool parse(std::string_view text, Number& number) noexcept {
  return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc();
}

// "PID (NAME) STATE PARENT ... THREADS ... START ..."; a name may hold anything, blanks and brackets too.
bool parse_stat(std::string_view text, ProcessState& process) noexcept {
  const auto name_end = text.rfind(')');
  if (name_end == std::string_view::npos || name_end + 2 >= text.size()) {
    return false;
  }
  text.remove_prefix(name_end + 2);
  process.state = text[0];
  for (std::size_t field = 3; field < field_start; ++field) {
    const auto blank = text.find(' ');
    if (blank == std::string_view::npos) {
      return false;
    }
    text.remove_prefix(blank + 1);
    if ((field + 1 == field_parent && !parse(text, process.parent)) ||
        (field + 1 == field_threads && !parse(text, process.threads))) {
      return false;
    }
  }
  return parse(text, process.start);
}

std::uint64_t namespace_inode(const char* path) noexcept {
  char buffer[64];  // "pid:[4026531836]"
  const long size = sys::retry(SYS_readlinkat, AT_FDCWD, path, &buffer[0], sizeof buffer);
  const std::string_view text(&buffer[0], size > 0 ? static_cast<std::size_t>(size) : 0);
  const auto bracket = text.find('[');
  std::uint64_t inode = 0;
  if (bracket == std::string_view::npos || !parse(text.substr(bracket + 1), inode)) {
    return 0;
  }
  return inode;
}
}  // namespace

Result<ProcessState> process_state(int pid) noexcept {
  char buffer[1024];
  const auto text = read_proc(proc_path(static_cast<unsigned>(pid), "stat").c_str(), buffer);
  ProcessState process;
  process.pid = pid;
  if (pid <= 0 || !parse_stat(text, process)) {
    return std::unexpected(fail(Code::absent, "look at", "a process", "there is no such process"));
  }
  return process;
}

bool has_proc() noexcept {
  char buffer[16];
  const long size = sys::retry(SYS_readlinkat, AT_FDCWD, "/proc/self", &buffer[0], sizeof buffer);
  int pid = 0;
  return size > 0 && parse(std::string_view(&buffer[0], static_cast<std::size_t>(size)), pid) && pid == own_pid();
}

int own_pid() noexcept { return static_cast<int>(sys::call(SYS_getpid)); }
int parent_pid() noexcept { return static_cast<int>(sys::call(SYS_getppid)); }

bool process_exists(int pid) noexcept { return pid > 0 && sys::call(SYS_kill, pid, 0) != -ESRCH; }

std::uint64_t start_ticks(std::int64_t boottime_ns) noexcept {
  constexpr std::int64_t tick_ns = 10'000'000;  // the kernel's unit towards programs, USER_HZ, is 100 everywhere
  return static_cast<std::uint64_t>(boottime_ns / tick_ns);
}

Result<void> each_process(bool (*visit)(void*, const ProcessState&), void* context) noexcept {
  const auto proc = open_directory("/proc");
  if (!proc) {
    return std::unexpected(proc.error());
  }
  struct Visit {
    bool (*visit)(void*, const ProcessState&);
    void* context;
  } each{visit, context};
  return list_directory(
      *proc,
      [](void* wanted, std::string_view name) {
        auto& one = *static_cast<Visit*>(wanted);
        int pid = 0;
        if (!parse(name, pid)) {
          return true;
        }
        const auto process = process_state(pid);
        return !process || one.visit(one.context, *process);
      },
      &each);
}

BootId boot_id() noexcept {
  char buffer[64];  // "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
  BootId id;
  for (const char c : read_proc("/proc/sys/kernel/random/boot_id", buffer, Reads::one)) {
    const bool letter = c >= 'a' && c <= 'f';
    if (!letter && (c < '0' || c > '9')) {
      continue;
    }
    const auto digit = static_cast<unsigned>(letter ? c - 'a' + 10 : c - '0');
    id.high = (id.high << 4U) | (id.low >> 60U);
    id.low = (id.low << 4U) | digit;
  }
  return id;
}

namespace {
// By a descriptor of this process, since Linux 6.11: so nothing of it needs to be made in /proc, and taken away again
// when it ends, which costs more than a whole `counter incr`. 0: the kernel can't, or nobody may ask it.
std::uint64_t own_namespace_inode() noexcept {
  constexpr unsigned get_pid_namespace = 0xff06;  // PIDFD_GET_PID_NAMESPACE, which older headers lack
  const long process = sys::call(SYS_pidfd_open, own_pid(), 0);
  if (process < 0) {
    return 0;
  }
  const Fd self(static_cast<int>(process));
  const long opened = sys::call(SYS_ioctl, self.get(), get_pid_namespace, 0);
  if (opened < 0) {
    return 0;
  }
  const auto found = info(Fd(static_cast<int>(opened)));
  return found ? found->inode : 0;
}
}  // namespace

std::uint64_t pid_namespace() noexcept {
  const std::uint64_t inode = own_namespace_inode();
  return inode != 0 ? inode : namespace_inode("/proc/self/ns/pid");
}

std::uint64_t pid_namespace_of(int pid) noexcept {
  return namespace_inode(proc_path(static_cast<unsigned>(pid), "ns/pid").c_str());
}

int innermost_pid(int pid) noexcept {
  char buffer[4096];
  const auto text = read_proc(proc_path(static_cast<unsigned>(pid), "status").c_str(), buffer);
  const auto line = text.find("\nNSpid:");
  if (line == std::string_view::npos) {
    return 0;
  }
  const auto numbers = text.substr(line + 1, text.find('\n', line + 1) - line - 1);
  int inner = 0;
  return parse(numbers.substr(numbers.find_last_of(" \t") + 1), inner) ? inner : 0;
}

Result<Fd> open_process(int pid, std::uint64_t start) noexcept {
  const long opened = sys::call(SYS_pidfd_open, pid, 0);
  if (opened < 0) {
    return std::unexpected(opened == -ESRCH ? fail(Code::absent, "open", "a process", "it has ended")
                                            : fail_errno(-opened, "open", "a process"));
  }
  Fd process(static_cast<int>(opened));
  // Looked at after it was opened: if it is the right one now, it was when the descriptor was made.
  const auto state = process_state(pid);
  if (!state || state->start != start) {
    return std::unexpected(fail(Code::absent, "open", "a process", "it has ended"));
  }
  return process;
}

Result<void> signal_process(const Fd& process, int signal) noexcept {
  const long sent = sys::call(SYS_pidfd_send_signal, process.get(), signal, 0, 0);
  if (sent < 0) {
    return std::unexpected(sent == -ESRCH ? fail(Code::absent, "signal", "a process", "it has ended")
                                          : fail_errno(-sent, "signal", "a process"));
  }
  return {};
}

Result<bool> wait_process(const Fd& process, std::int64_t deadline_ns) noexcept {
  for (;;) {
    timespec rest{};
    if (deadline_ns >= 0) {
      const std::int64_t ns = deadline_ns - monotonic_ns();
      rest.tv_sec = ns > 0 ? ns / 1'000'000'000 : 0;
      rest.tv_nsec = ns > 0 ? ns % 1'000'000'000 : 0;
    }
    pollfd wanted{process.get(), POLLIN, 0};
    const long ready = sys::call(SYS_ppoll, &wanted, 1, deadline_ns >= 0 ? &rest : nullptr, 0, 0);
    if (ready >= 0) {
      return ready > 0;
    }
    if (ready != -EINTR) {
      return std::unexpected(fail_errno(-ready, "wait for", "a process"));
    }
  }
}

namespace {
bool is_open_as(const Fd& descriptors, const char* name, const FileInfo& file) noexcept {
  struct statx found{};
  const long result = sys::retry(SYS_statx, descriptors.get(), name, 0, STATX_INO, &found);
  const std::uint64_t device = (static_cast<std::uint64_t>(found.stx_dev_major) << 32U) | found.stx_dev_minor;
  return result == 0 && found.stx_ino == file.inode && device == file.device;
}

Result<Fd> descriptors_of(int pid) noexcept {
  return open_directory(proc_path(static_cast<unsigned>(pid), "fd").view());
}

bool any_open(const Fd& descriptors, const FileInfo& file) noexcept {
  struct Search {
    const Fd& directory;
    const FileInfo& file;
    bool found;
  } search{descriptors, file, false};
  (void)list_directory(
      descriptors,
      [](void* context, std::string_view name) {
        auto& wanted = *static_cast<Search*>(context);
        wanted.found = is_open_as(wanted.directory, FileName(name).c_str(), wanted.file);
        return !wanted.found;
      },
      &search);
  return search.found;
}
}  // namespace

bool has_open(int pid, const FileInfo& file) noexcept {
  const auto descriptors = descriptors_of(pid);
  return descriptors && any_open(*descriptors, file);
}

bool may_have_open(int pid, const FileInfo& file) noexcept {
  const auto descriptors = descriptors_of(pid);
  return descriptors ? any_open(*descriptors, file) : descriptors.error().code != Code::absent;
}

bool has_open_as(int pid, int number, const FileInfo& file) noexcept {
  const auto descriptors = descriptors_of(pid);
  return descriptors && is_open_as(*descriptors, FileName().add_decimal(static_cast<unsigned>(number)).c_str(), file);
}

bool in_own_cgroup(int pid) noexcept {
  char own[4096];
  char others[4096];
  const auto here = read_proc("/proc/self/cgroup", own);
  const auto there = read_proc(proc_path(static_cast<unsigned>(pid), "cgroup").c_str(), others);
  return !here.empty() && here == there && !here.ends_with(":/\n");
}

bool have_own_descriptors() noexcept { return sys::call(SYS_unshare, CLONE_FILES) == 0; }

unsigned usable_processors() noexcept {
  std::uint64_t mask[128] = {};  // as many as the kernel has at most
  const long bytes = sys::call(SYS_sched_getaffinity, 0, sizeof mask, &mask[0]);
  unsigned count = 0;
  for (const std::uint64_t word : mask) {
    count += static_cast<unsigned>(__builtin_popcountll(word));
  }
  return bytes > 0 && count > 0 ? count : 1;
}

Text<64> name_of_process(int pid) noexcept {
  char buffer[64];  // 15 bytes of a program's, more of a kernel's thread
  const auto text = read_proc(proc_path(static_cast<unsigned>(pid), "comm").c_str(), buffer, Reads::one);
  return Text<64>(text.substr(0, text.find('\n')));
}

Text<256> command_of(int pid) noexcept {
  char buffer[256];
  auto text = read_proc(proc_path(static_cast<unsigned>(pid), "cmdline").c_str(), buffer);
  while (!text.empty() && text.back() == '\0') {
    text.remove_suffix(1);
  }
  Text<256> command;
  for (const char c : text) {
    command.add(c == '\0' ? std::string_view(" ") : std::string_view(&c, 1));
  }
  if (command.empty()) {
    command.add(name_of_process(pid).view());
  }
  return command;
}

}  // namespace shm::os
