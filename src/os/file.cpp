#include "os/file.hpp"
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "os/signals.hpp"

namespace shm::os {

namespace {
constexpr std::uint64_t no_links = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;

// Kernels before 5.6 and some containers' filters have no openat2.
bool no_openat2(long result) noexcept { return result == -ENOSYS || result == -EPERM; }

long open_checked(int dir, const char* path, std::uint64_t flags, std::uint32_t mode, std::uint64_t resolve) noexcept {
  open_how how{};
  how.flags = flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
  how.mode = mode;
  how.resolve = resolve;
  return sys::retry(SYS_openat2, dir, path, &how, sizeof how);
}

// One step, of a name without a slash: O_NOFOLLOW alone does for it what openat2 does.
long open_name(int dir, const char* name, std::uint64_t flags, std::uint32_t mode) noexcept {
  const long result = open_checked(dir, name, flags, mode, RESOLVE_BENEATH | no_links);
  if (!no_openat2(result)) {
    return result;
  }
  return sys::retry(SYS_openat, dir, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, mode);
}

Result<Fd> as_fd(long result, const char* attempt, std::string_view object) noexcept {
  if (result < 0) {
    return std::unexpected(fail_errno(-result, attempt, object));
  }
  return Fd(static_cast<int>(result));
}

Result<void> as_done(long result, const char* attempt, std::string_view object) noexcept {
  if (result < 0) {
    return std::unexpected(fail_errno(-result, attempt, object));
  }
  return {};
}

Result<FileInfo> as_info(int dir, const char* name, int flags, std::string_view object) noexcept {
  struct statx found{};
  constexpr unsigned wanted = STATX_BASIC_STATS;
  const long result = sys::retry(SYS_statx, dir, name, flags, wanted, &found);
  if (result < 0) {
    return std::unexpected(fail_errno(-result, "look at", object));
  }
  FileInfo info;
  info.device = (static_cast<std::uint64_t>(found.stx_dev_major) << 32U) | found.stx_dev_minor;
  info.inode = found.stx_ino;
  info.size = found.stx_size;
  info.modified_ns = found.stx_mtime.tv_sec * 1'000'000'000 + found.stx_mtime.tv_nsec;
  info.mode = found.stx_mode;
  info.uid = found.stx_uid;
  info.gid = found.stx_gid;
  info.links = found.stx_nlink;
  return info;
}

// The directory flags that every walk uses; O_PATH would do for walking but not for creating unnamed files.
constexpr std::uint64_t directory_flags = O_RDONLY | O_DIRECTORY;

// Where openat2 is missing: the same walk, one O_NOFOLLOW step at a time.
Result<Fd> walk(const Path& path, std::string_view object) noexcept {
  const char* rest = path.c_str();
  Fd here;
  const long start = open_name(AT_FDCWD, *rest == '/' ? "/" : ".", directory_flags, 0);
  if (auto fd = as_fd(start, "open directory", object); fd) {
    here = std::move(*fd);
  } else {
    return fd;
  }
  while (*rest != '\0') {
    FileName step;
    while (*rest == '/') {
      ++rest;
    }
    while (*rest != '\0' && *rest != '/') {
      step.add({rest++, 1});
    }
    if (step.empty()) {
      break;
    }
    auto next = as_fd(open_name(here.get(), step.c_str(), directory_flags, 0), "open directory", object);
    if (!next) {
      return next;
    }
    here = std::move(*next);
  }
  // As openat2() does it: the lowest number that is free. By that it is seen whether a standard stream is closed.
  Fd lowest(static_cast<int>(sys::call(SYS_fcntl, here.get(), F_DUPFD_CLOEXEC, 0)));
  if (lowest && lowest.get() < here.get()) {
    std::swap(lowest, here);
  }
  return here;
}
}  // namespace

Result<Fd> open_directory(std::string_view path) noexcept {
  const Path whole(path);
  if (whole.cut()) {
    return std::unexpected(fail_errno(ENAMETOOLONG, "open directory", path));
  }
  const long result = open_checked(AT_FDCWD, whole.c_str(), directory_flags, 0, no_links);
  if (no_openat2(result)) {
    return walk(whole, path);
  }
  return as_fd(result, "open directory", path);
}

Result<Fd> open_directory_anyhow(std::string_view path) noexcept {
  const Path whole(path);
  if (whole.cut()) {
    return std::unexpected(fail_errno(ENAMETOOLONG, "open directory", path));
  }
  const long result = sys::retry(SYS_openat, AT_FDCWD, whole.c_str(), directory_flags | O_CLOEXEC | O_NOCTTY, 0);
  return as_fd(result, "open directory", path);
}

Result<Fd> open_directory_at(const Fd& dir, std::string_view name) noexcept {
  return as_fd(open_name(dir.get(), FileName(name).c_str(), directory_flags, 0), "open directory", name);
}

Result<Fd> open_file_at(const Fd& dir, std::string_view name, int flags) noexcept {
  return as_fd(open_name(dir.get(), FileName(name).c_str(), static_cast<unsigned>(flags) | O_NONBLOCK, 0), "open",
               name);
}

Result<Fd> create_file_at(const Fd& dir, std::string_view name, std::uint32_t mode) noexcept {
  auto file = as_fd(open_name(dir.get(), FileName(name).c_str(), O_RDWR | O_CREAT | O_EXCL, mode), "create", name);
  if (file) {
    if (auto done = set_mode(*file, mode); !done) {
      (void)remove_file_at(dir, name);  // O_EXCL: it is this call's own
      return std::unexpected(done.error());
    }
  }
  return file;
}

Result<FileInfo> info(const Fd& file) noexcept { return as_info(file.get(), "", AT_EMPTY_PATH, "an open file"); }

bool is_in_memory(const Fd& file) noexcept {
  struct statfs found{};
  return sys::call(SYS_fstatfs, file.get(), &found) == 0 &&
         (found.f_type == TMPFS_MAGIC || found.f_type == RAMFS_MAGIC);
}

Result<FileInfo> info_at(const Fd& dir, std::string_view name) noexcept {
  return as_info(dir.get(), FileName(name).c_str(), AT_SYMLINK_NOFOLLOW, name);
}

Result<FileInfo> info_of(std::string_view path) noexcept {
  return as_info(AT_FDCWD, Path(path).c_str(), AT_SYMLINK_NOFOLLOW, path);
}

Result<Path> path_of(const Fd& file) noexcept {
  constexpr const char* attempt = "find the path of";
  const auto link = Text<32>("/proc/self/fd/").add_decimal(static_cast<std::uint64_t>(file.get()));
  char target[4096];
  const long size = sys::call(SYS_readlinkat, AT_FDCWD, link.c_str(), &target[0], sizeof target);
  if (size < 0) {
    return std::unexpected(fail_errno(-size, attempt, link.view()));
  }
  Path path(std::string_view(&target[0], static_cast<std::size_t>(size)));
  if (path.cut() || path.view().ends_with(" (deleted)")) {
    return std::unexpected(fail(Code::absent, attempt, link.view(), "it was removed, or its path is too long"));
  }
  return path;
}

Result<void> allocate(const Fd& file, std::uint64_t offset, std::uint64_t size) noexcept {
  // Beyond the limit of file sizes (ulimit -f) a signal would end the program before there is an error to tell.
  const SignalSet beyond_limit(SIGXFSZ);
  const SignalSet mask = block_signals(beyond_limit);
  const long done = sys::retry(SYS_fallocate, file.get(), 0, offset, size);
  if (done == -EFBIG) {
    (void)next_signal(beyond_limit, 0);
  }
  set_signal_mask(mask);
  return as_done(done, "reserve memory for", "a new file");
}

Result<void> write_at(const Fd& file, std::span<const std::byte> bytes, std::uint64_t offset) noexcept {
  while (!bytes.empty()) {
    const long wrote = sys::retry(SYS_pwrite64, file.get(), bytes.data(), bytes.size(), offset);
    if (wrote < 0) {
      return std::unexpected(fail_errno(-wrote, "write", "a file"));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    offset += static_cast<std::uint64_t>(wrote);
  }
  return {};
}

Result<std::size_t> read_at(const Fd& file, std::span<std::byte> bytes, std::uint64_t offset) noexcept {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const long got = sys::retry(SYS_pread64, file.get(), bytes.data() + done, bytes.size() - done, offset + done);
    if (got < 0) {
      return std::unexpected(fail_errno(-got, "read", "a file"));
    }
    if (got == 0) {
      break;
    }
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Result<void> sync(const Fd& file) noexcept {
  return as_done(sys::retry(SYS_fsync, file.get()), "write to disk", "a file");
}

Result<void> set_mode(const Fd& file, std::uint32_t mode) noexcept {
  return as_done(sys::retry(SYS_fchmod, file.get(), mode), "set the mode of", "a new file");
}

Result<void> set_group(const Fd& file, std::uint32_t gid) noexcept {
  return as_done(sys::retry(SYS_fchown, file.get(), -1, gid), "set the group of", "a new file");
}

Result<void> remove_directory_at(const Fd& dir, std::string_view name) noexcept {
  return as_done(sys::retry(SYS_unlinkat, dir.get(), FileName(name).c_str(), AT_REMOVEDIR), "remove", name);
}

Result<void> rename_at(const Fd& dir, std::string_view name, std::string_view to, Taken taken) noexcept {
  const unsigned flags = taken == Taken::refuse ? RENAME_NOREPLACE : 0;
  return as_done(sys::retry(SYS_renameat2, dir.get(), FileName(name).c_str(), dir.get(), FileName(to).c_str(), flags),
                 "rename", name);
}

Result<void> link_at(const Fd& dir, std::string_view name, std::string_view to) noexcept {
  const long done = sys::retry(SYS_linkat, dir.get(), FileName(name).c_str(), dir.get(), FileName(to).c_str(), 0);
  return as_done(done, "give a second name to", name);
}

Result<bool> exchange_at(const Fd& dir, std::string_view one, std::string_view other) noexcept {
  const long done =
      sys::retry(SYS_renameat2, dir.get(), FileName(one).c_str(), dir.get(), FileName(other).c_str(), RENAME_EXCHANGE);
  if (done == -EINVAL || done == -ENOSYS) {
    return false;
  }
  auto result = as_done(done, "rename", one);
  return result ? Result<bool>(true) : std::unexpected(result.error());
}

void touch_at(const Fd& dir, std::string_view name) noexcept {
  sys::retry(SYS_utimensat, dir.get(), FileName(name).c_str(), 0, AT_SYMLINK_NOFOLLOW);
}

bool may_change_names(const Fd& dir) noexcept {
  const long result = sys::retry(SYS_faccessat2, dir.get(), ".", W_OK | X_OK, AT_EACCESS);
  return result != -EACCES && result != -EROFS;
}

Result<void> remove_file_at(const Fd& dir, std::string_view name) noexcept {
  return as_done(sys::retry(SYS_unlinkat, dir.get(), FileName(name).c_str(), 0), "remove", name);
}

Result<void> list_directory(const Fd& dir, bool (*visit)(void*, std::string_view), void* context) noexcept {
  // A descriptor of its own: the offset of `dir` is shared by all its users.
  auto own = open_directory_at(dir, ".");
  if (!own) {
    return std::unexpected(own.error());
  }
  struct Entry {
    std::uint64_t inode;
    std::int64_t offset;
    std::uint16_t length;
    std::uint8_t type;
    char name[];
  };
  alignas(Entry) char buffer[16384];
  for (;;) {
    const long got = sys::retry(SYS_getdents64, own->get(), &buffer[0], sizeof buffer);
    if (got <= 0) {
      return as_done(got, "list", "the store");
    }
    for (long at = 0; at < got;) {
      const auto* entry = reinterpret_cast<const Entry*>(&buffer[at]);
      at += entry->length;
      const std::string_view name(static_cast<const char*>(entry->name));
      if (name != "." && name != ".." && !visit(context, name)) {
        return {};
      }
    }
  }
}

}  // namespace shm::os
