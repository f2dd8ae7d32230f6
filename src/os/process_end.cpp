#include "os/process_end.hpp"
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/ioctl.h>
#include <charconv>
#include <string_view>
#include "os/clock.hpp"
#include "os/sys.hpp"
#include "os/text.hpp"

namespace shm::os {

namespace {
// What PIDFD_GET_INFO of <linux/pidfd.h> fills in, as far as it is of interest here.
struct PidfdInfo {
  std::uint64_t mask;
  std::uint64_t cgroup;
  std::uint32_t ids[11];
  std::int32_t exit_code;
};
static_assert(sizeof(PidfdInfo) == 64, "the kernel's first version of it has 64 bytes");
constexpr unsigned long get_info = _IOWR(0xff, 11, PidfdInfo);
constexpr std::uint64_t info_exit = 1U << 3U;

// It is there once the parent has asked, which is a matter of moments.
constexpr int info_tries = 50;
constexpr std::int64_t info_pause_ns = 1'000'000;

constexpr std::size_t state_field = 3;  // counted from 1, as proc(5) does
constexpr std::size_t stack_field = 28;
constexpr std::size_t exit_field = 52;

using Buffer = char[4096];

Fd open_of(int pid, std::string_view name) noexcept {
  const auto path = Text<64>("/proc/").add_decimal(static_cast<unsigned>(pid)).add("/").add(name);
  const long opened = sys::retry(SYS_openat, AT_FDCWD, path.c_str(), O_RDONLY | O_CLOEXEC);
  return opened >= 0 ? Fd(static_cast<int>(opened)) : Fd();
}

std::string_view read_all(const Fd& file, Buffer& buffer) noexcept {
  const long size = file ? sys::retry(SYS_pread64, file.get(), &buffer[0], sizeof buffer, 0) : -1;
  return {&buffer[0], size > 0 ? static_cast<std::size_t>(size) : 0};
}

std::optional<std::uint64_t> number_in(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// Of /proc/PID/stat; the second field, a name, may have blanks and brackets.
std::string_view field_of(std::string_view line, std::size_t field) noexcept {
  const auto name_end = line.rfind(") ");
  if (name_end == std::string_view::npos) {
    return {};
  }
  line.remove_prefix(name_end + 2);
  line = line.substr(0, line.find('\n'));
  for (std::size_t at = state_field; at < field; ++at) {
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos) {
      return {};
    }
    line.remove_prefix(blank + 1);
  }
  return line.substr(0, line.find(' '));
}

// Who may not look into a process reads zeros: above all where its stack is, which is nobody's first page.
bool tells_all(const Fd& stat) noexcept {
  Buffer buffer;
  const auto stack = number_in(field_of(read_all(stat, buffer), stack_field));
  return stack && *stack != 0;
}

bool may_look_at_all() noexcept {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[2] = {};
  return sys::call(SYS_capget, &header, &sets[0]) == 0 && (sets[0].effective & (1U << CAP_SYS_PTRACE)) != 0;
}

// Whether the line, "Uid:" and four ids, has this process's own in all places.
bool all_are(std::string_view status, std::string_view name, std::uint64_t id) noexcept {
  const auto at = status.find(name);
  if (at == std::string_view::npos) {
    return false;
  }
  auto line = status.substr(at + name.size());
  line = line.substr(0, line.find('\n'));
  for (int i = 0; i < 4; ++i) {
    line.remove_prefix(line.find_first_not_of("\t ") == std::string_view::npos ? line.size()
                                                                               : line.find_first_not_of("\t "));
    const auto word = line.substr(0, line.find_first_of("\t "));
    if (number_in(word) != id) {
      return false;
    }
    line.remove_prefix(word.size());
  }
  return true;
}

// It may have become another user since it was looked at first.
bool still_tells_all(const Fd& status) noexcept {
  Buffer buffer;
  const auto text = read_all(status, buffer);
  const auto user = static_cast<std::uint64_t>(sys::call(SYS_geteuid));
  const auto group = static_cast<std::uint64_t>(sys::call(SYS_getegid));
  return (all_are(text, "\nUid:", user) && all_are(text, "\nGid:", group)) || may_look_at_all();
}

std::optional<int> read_in_stat(const Watched& watched) noexcept {
  Buffer buffer;
  const auto line = read_all(watched.stat, buffer);
  if (field_of(line, state_field) != "Z" || !still_tells_all(watched.status)) {
    return {};
  }
  const auto status = number_in(field_of(line, exit_field));
  return status ? std::optional(static_cast<int>(*status)) : std::nullopt;
}

std::optional<int> asked_of_kernel(const Fd& process) noexcept {
  for (int turn = 0; turn < info_tries; ++turn) {
    PidfdInfo info{};
    info.mask = info_exit;
    if (sys::call(SYS_ioctl, process.get(), get_info, &info) < 0) {
      return {};  // an older kernel
    }
    if ((info.mask & info_exit) != 0) {
      return info.exit_code;
    }
    sleep_until(monotonic_ns() + info_pause_ns);
  }
  return {};
}
}  // namespace

Result<Watched> watch_process(int pid, std::uint64_t start) noexcept {
  Watched watched;
  watched.stat = open_of(pid, "stat");
  watched.status = open_of(pid, "status");
  if (!tells_all(watched.stat)) {
    watched.stat.reset();
  }
  // Last: what is the right process now was it when the others were opened.
  auto process = open_process(pid, start);
  if (!process) {
    return std::unexpected(process.error());
  }
  watched.process = std::move(*process);
  return watched;
}

std::optional<int> end_of(const Watched& watched) noexcept {
  const auto seen = read_in_stat(watched);
  return seen ? seen : asked_of_kernel(watched.process);
}

}  // namespace shm::os
