// Making a file or a directory whole before anybody can see it (see file.hpp: create_unnamed, publish,
// make_directory_at).
#include <fcntl.h>
#include <linux/fs.h>
#include "os/file.hpp"
#include "os/random.hpp"

namespace shm::os {

namespace {
// A comma keeps the name out of the objects' names.
Result<FileName> temporary_name() noexcept {
  const auto id = random_id();
  if (!id) {
    return std::unexpected(id.error());
  }
  FileName name;
  name.add(",new,").add_hex(*id);
  return name;
}

// File systems without O_TMPFILE (overlayfs before 6.3, NFS).
Result<Unnamed> create_temporary(const Fd& dir, std::uint32_t mode) noexcept {
  const auto temporary = temporary_name();
  if (!temporary) {
    return std::unexpected(temporary.error());
  }
  Unnamed unnamed;
  unnamed.temporary = *temporary;
  auto file = create_file_at(dir, unnamed.temporary.view(), mode);
  if (!file) {
    return std::unexpected(file.error());
  }
  unnamed.file = std::move(*file);
  return unnamed;
}

// By rename, not by link and unlink: whoever opens the new file must never see it with two links.
long publish_temporary(const char* temporary, const Fd& dir, const char* name) noexcept {
  const long result = sys::retry(SYS_renameat2, dir.get(), temporary, dir.get(), name, RENAME_NOREPLACE);
  if (result < 0) {
    sys::call(SYS_unlinkat, dir.get(), temporary, 0);
  }
  return result;
}
}  // namespace

Result<Unnamed> create_unnamed(const Fd& dir, std::uint32_t mode) noexcept {
  const long result = sys::retry(SYS_openat, dir.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
  if (result == -EOPNOTSUPP || result == -EISDIR || result == -ENOENT) {
    return create_temporary(dir, mode);
  }
  if (result < 0) {
    return std::unexpected(fail_errno(-result, "create a file in", "the store"));
  }
  Unnamed unnamed;
  unnamed.file = Fd(static_cast<int>(result));
  if (auto done = set_mode(unnamed.file, mode); !done) {
    return std::unexpected(done.error());
  }
  return unnamed;
}

Result<void> publish(const Unnamed& unnamed, const Fd& dir, std::string_view name) noexcept {
  const FileName target(name);
  long result = 0;
  if (!unnamed.temporary.empty()) {
    result = publish_temporary(unnamed.temporary.c_str(), dir, target.c_str());
  } else {
    // By the descriptor where the kernel lets us (privileged, or since 6.10), else by its link in /proc.
    result = sys::retry(SYS_linkat, unnamed.file.get(), "", dir.get(), target.c_str(), AT_EMPTY_PATH);
    if (result == -ENOENT || result == -EPERM) {
      FileName link("/proc/self/fd/");
      link.add_decimal(static_cast<unsigned>(unnamed.file.get()));
      result = sys::retry(SYS_linkat, AT_FDCWD, link.c_str(), dir.get(), target.c_str(), AT_SYMLINK_FOLLOW);
      if (result == -ENOENT && !info_of(link.view())) {
        return std::unexpected(fail(Code::system, "create", name,
                                    "/proc is not mounted, and this kernel needs it to name a new file",
                                    "mount /proc"));
      }
    }
  }
  if (result < 0) {
    return std::unexpected(fail_errno(-result, "create", name));
  }
  return {};
}

Result<Fd> make_directory_at(const Fd& dir, std::string_view name, std::uint32_t mode,
                             const std::uint32_t* gid) noexcept {
  const FileName target(name);
  const auto temporary = temporary_name();
  if (!temporary) {
    return std::unexpected(temporary.error());
  }
  long result = sys::retry(SYS_mkdirat, dir.get(), temporary->c_str(), 0700);
  if (result < 0) {
    return std::unexpected(fail_errno(-result, "make directory", name));
  }
  auto fresh = open_directory_at(dir, temporary->view());
  auto done = fresh ? Result<void>() : std::unexpected(fresh.error());
  if (done && gid != nullptr) {
    done = set_group(*fresh, *gid);
  }
  if (done) {
    done = set_mode(*fresh, mode);  // after the group: a change of group clears the setgid bit
  }
  if (done) {
    result = sys::retry(SYS_renameat2, dir.get(), temporary->c_str(), dir.get(), target.c_str(), RENAME_NOREPLACE);
    done = result < 0 ? std::unexpected(fail_errno(-result, "make directory", name)) : Result<void>();
  }
  if (!done) {
    (void)remove_directory_at(dir, temporary->view());
    return std::unexpected(done.error());
  }
  return fresh;
}

}  // namespace shm::os
