#include <fcntl.h>
#include <sys/stat.h>
#include <climits>
#include "store/save_file.hpp"

namespace shm::store {

namespace {
using os::Code;
using os::fail;
using os::Result;

constexpr std::size_t longest_suffix = 40;
constexpr const char* may_not = "look who may read and write there, or take another place";

// Root goes no way on which a link can have been planted for it; others go where any program goes.
Result<os::Fd> open_parent(std::string_view path, std::uint32_t euid) noexcept {
  auto dir = os::open_directory(path);
  if (dir || dir.error().code != Code::untrusted) {
    return dir;
  }
  if (euid == 0) {
    return std::unexpected(fail(Code::untrusted, "open directory", path, "a symbolic link is on the way, or it is none",
                                "give the real path: see 'realpath'"));
  }
  return os::open_directory_anyhow(path);
}
}  // namespace

Result<SavePlace> SavePlace::open(std::string_view path, std::optional<std::uint32_t> group,
                                  std::uint32_t euid) noexcept {
  const auto slash = path.rfind('/');
  const auto name = path.substr(slash == std::string_view::npos ? 0 : slash + 1);
  SavePlace place;
  if (name.empty() || name == "." || name == "..") {
    return std::unexpected(fail(Code::usage, "use file", path, "it is no name of a file"));
  }
  if (place.path_.add(path).cut() || name.size() + longest_suffix > NAME_MAX) {
    return std::unexpected(os::fail_errno(ENAMETOOLONG, "use file", path));
  }
  auto dir = open_parent(slash == std::string_view::npos ? "." : slash == 0 ? "/" : path.substr(0, slash), euid);
  if (!dir) {
    return std::unexpected(dir.error().sys_errno == EACCES ? os::fail_errno(EACCES, "use file", path, may_not)
                                                           : dir.error());
  }
  place.dir_ = std::move(*dir);
  place.name_.add(name);
  place.euid_ = euid;
  place.group_ = group;
  // The group reads what it has shared; only who may replace the file as a whole changes it.
  place.mode_ = group ? 0640 : 0600;
  return place;
}

Result<void> SavePlace::check(const os::FileInfo& info, std::string_view path) const noexcept {
  const auto refuse = [&](const char* why, const char* advice) -> Result<void> {
    return std::unexpected(fail(Code::untrusted, "use file", path, why, advice));
  };
  if (!S_ISREG(info.mode)) {
    return refuse("it is no regular file", "say another one, or remove it");
  }
  const bool of_group = euid_ != 0 && group_ == info.gid;
  if (info.uid != euid_ && info.uid != 0 && !of_group) {
    return refuse("it belongs to another user", "look at it, then copy it, or say another one");
  }
  if ((info.mode & (euid_ == 0 ? 0022U : 0002U)) != 0) {
    return refuse("others may write to it", "look who changed it, then chmod 600 it");
  }
  return {};
}

Result<os::Fd> SavePlace::open_file(std::string_view suffix, os::FileInfo* info) const noexcept {
  const os::Path path = os::Path(path_).add(suffix);
  auto file = os::open_file_at(dir_, name_with(suffix).view(), O_RDONLY);
  if (!file) {
    return std::unexpected(file.error().code == Code::untrusted
                               ? fail(Code::untrusted, "use file", path.view(), "it is no regular file",
                                      "look who put it there, then remove it")
                               : os::fail_errno(file.error().sys_errno, "open", path.view(), may_not));
  }
  const auto found = os::info(*file);
  if (!found) {
    return std::unexpected(found.error());
  }
  if (auto good = check(*found, path.view()); !good) {
    return std::unexpected(good.error());
  }
  *info = *found;
  return file;
}

}  // namespace shm::store
