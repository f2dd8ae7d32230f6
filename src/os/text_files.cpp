#include "os/text_files.hpp"
#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include "os/accounts.hpp"
#include "os/file.hpp"

namespace shm::os {

namespace {
constexpr std::uint32_t others_write = 022;

Result<void> make_directories(const std::string& path) {
  for (auto slash = path.find('/', 1); slash != path.npos; slash = path.find('/', slash + 1)) {
    const std::string directory = path.substr(0, slash);
    const long made = sys::call(SYS_mkdirat, AT_FDCWD, directory.c_str(), 0755);
    if (made < 0 && made != -EEXIST) {
      return std::unexpected(fail_errno(-made, "make directory", directory));
    }
  }
  return {};
}

/// How large it is, if it can be trusted.
Result<std::size_t> trust(const Fd& file, const std::string& path) noexcept {
  const auto found = info(file);
  if (!found) {
    return std::unexpected(found.error());
  }
  const auto refuse = [&](const char* why, const char* advice) {
    return std::unexpected(fail(Code::untrusted, "read", path, why, advice));
  };
  if (!S_ISREG(found->mode)) {
    return refuse("it is no regular file", "put a file there, or a link to one");
  }
  if (found->uid != 0 && found->uid != effective_uid()) {
    return refuse("it belongs to somebody else, who could say what is run", "chown it");
  }
  if ((found->mode & others_write) != 0) {
    return refuse("others may write it, and say what is run", "chmod go-w it");
  }
  if (found->size > most_text) {
    return std::unexpected(fail(Code::full, "read", path, "it is larger than a configuration file can be"));
  }
  return found->size;
}
}  // namespace

Result<std::string> read_trusted_text(const std::string& path) {
  const long opened = sys::retry(SYS_openat, AT_FDCWD, path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
  if (opened < 0) {
    const bool forbidden = opened == -EACCES;
    return std::unexpected(
        fail_errno(-opened, "read", path, forbidden ? "let the user whose job it is read it" : nullptr));
  }
  const Fd file(static_cast<int>(opened));
  const auto trusted = trust(file, path);
  if (!trusted) {
    return std::unexpected(trusted.error());
  }
  std::string text(*trusted, '\0');
  const auto size = read_at(file, std::as_writable_bytes(std::span(text)), 0);
  if (!size) {
    return std::unexpected(fail_errno(size.error().sys_errno, "read", path));
  }
  text.resize(*size);
  return text;
}

Result<std::vector<std::string>> names_in(const std::string& path, std::string_view ending) {
  struct Found {
    std::string_view ending;
    std::vector<std::string> names;
  } found{ending, {}};
  const long opened = sys::retry(SYS_openat, AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (opened == -ENOENT) {
    return std::move(found.names);
  }
  if (opened < 0) {
    return std::unexpected(fail_errno(-opened, "read directory", path));
  }
  const Fd directory(static_cast<int>(opened));
  const auto visit = [](void* context, std::string_view name) {
    auto& all = *static_cast<Found*>(context);
    if (name.ends_with(all.ending) && !name.starts_with('.')) {
      all.names.emplace_back(name);
    }
    return true;
  };
  if (const auto listed = list_directory(directory, visit, &found); !listed) {
    return std::unexpected(listed.error());
  }
  std::sort(found.names.begin(), found.names.end());
  return std::move(found.names);
}

Result<void> make_text(const std::string& path, std::string_view text) {
  if (const auto ready = make_directories(path); !ready) {
    return std::unexpected(ready.error());
  }
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const long made = sys::retry(SYS_openat, AT_FDCWD, path.c_str(), flags, 0644);
  if (made < 0) {
    return std::unexpected(fail_errno(-made, "make", path));
  }
  const Fd file(static_cast<int>(made));
  return write_at(file, std::as_bytes(std::span(text)), 0);
}

Result<void> make_link(const std::string& path, const std::string& target) {
  if (const auto ready = make_directories(path); !ready) {
    return std::unexpected(ready.error());
  }
  const long made = sys::call(SYS_symlinkat, target.c_str(), AT_FDCWD, path.c_str());
  if (made < 0) {
    return std::unexpected(fail_errno(-made, "make", path));
  }
  return {};
}

void write_kernel_log(std::string_view line) noexcept {
  const long opened = sys::retry(SYS_openat, AT_FDCWD, "/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
  if (opened >= 0) {
    const Fd log(static_cast<int>(opened));
    sys::retry(SYS_write, log.get(), line.data(), line.size());
  }
}

}  // namespace shm::os
