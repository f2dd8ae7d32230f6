#include "os/inherited_lock.hpp"
#include <fcntl.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <algorithm>
#include <charconv>
#include "os/process.hpp"

namespace shm::os {

namespace {
using ProcPath = Text<64>;

ProcPath proc_path(int pid, std::string_view rest) noexcept {
  return ProcPath("/proc/").add_decimal(static_cast<unsigned>(pid)).add("/").add(rest);
}

// "lock:	1: FLOCK  ADVISORY  WRITE 6121 fe:00:10958900 0 EOF": the fifth word. 0 where the kernel can't say it
// any more.
int owner_in(std::string_view line) noexcept {
  constexpr std::string_view blanks = " \t";
  for (int words = 0; words < 5; ++words) {
    line.remove_prefix(std::min(line.find_first_of(blanks), line.size()));
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  }
  int pid = 0;
  return std::from_chars(line.data(), line.data() + line.size(), pid).ec == std::errc() ? pid : 0;
}

// What the kernel says of the open file behind a descriptor: a line "lock: ..." for each lock that belongs to it.
HeldFlock look_at(int pid, std::string_view number) noexcept {
  const auto path = proc_path(pid, "fdinfo/").add(number);
  const long opened = sys::retry(SYS_openat, AT_FDCWD, path.c_str(), O_RDONLY | O_CLOEXEC, 0);
  if (opened < 0) {
    return HeldFlock::none;
  }
  const Fd file(static_cast<int>(opened));
  char text[4096];
  std::size_t size = 0;
  while (size < sizeof text) {
    const long got = sys::retry(SYS_read, file.get(), &text[size], sizeof text - size);
    if (got <= 0) {
      break;
    }
    size += static_cast<std::size_t>(got);
  }
  std::string_view rest(&text[0], size);
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    if (line.starts_with("lock:") && line.find(" FLOCK ") != std::string_view::npos) {
      return process_exists(owner_in(line)) ? HeldFlock::of_the_living : HeldFlock::of_the_dead;
    }
    rest.remove_prefix(line.size() < rest.size() ? line.size() + 1 : rest.size());
  }
  return HeldFlock::none;
}
}  // namespace

HeldFlock held_flock(int pid, const FileInfo& file) noexcept {
  const auto directory = open_directory(proc_path(pid, "fd").view());
  if (!directory) {
    return HeldFlock::none;
  }
  struct Search {
    const Fd& directory;
    const FileInfo& file;
    int pid;
    HeldFlock found;
  } search{*directory, file, pid, HeldFlock::none};
  (void)list_directory(
      *directory,
      [](void* context, std::string_view name) {
        auto& wanted = *static_cast<Search*>(context);
        struct statx found{};
        const long result = sys::retry(SYS_statx, wanted.directory.get(), FileName(name).c_str(), 0, STATX_INO, &found);
        const std::uint64_t device = (static_cast<std::uint64_t>(found.stx_dev_major) << 32U) | found.stx_dev_minor;
        if (result == 0 && found.stx_ino == wanted.file.inode && device == wanted.file.device) {
          wanted.found = look_at(wanted.pid, name);
        }
        return wanted.found == HeldFlock::none;
      },
      &search);
  return search.found;
}

}  // namespace shm::os
