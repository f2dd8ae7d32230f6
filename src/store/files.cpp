// The files of a store, as opened and checked by Store (see store.hpp).
#include <fcntl.h>
#include <sys/stat.h>
#include "store/store.hpp"

namespace shm::store {

namespace {
using os::Code;
using os::fail;
using os::Result;

constexpr const char* planted = "it is none of shmctl's: look who put it there, then remove it";
}  // namespace

Result<void> check_trust(const Store& store, const os::FileInfo& file, std::string_view object) noexcept {
  const auto refuse = [&](const char* why) -> Result<void> {
    return std::unexpected(fail(Code::untrusted, "open", object, why, planted));
  };
  if (!S_ISREG(file.mode)) {
    return refuse("not a regular file");
  }
  if (file.links == 0) {
    return std::unexpected(fail(Code::absent, "open", object, "removed a moment ago"));
  }
  if (file.links > 1) {
    return refuse("the file has a second hard link");
  }
  if (store.shared() ? file.gid != store.group() : file.uid != store.owner()) {
    return refuse(store.shared() ? "the file belongs to another group" : "the file belongs to another user");
  }
  if ((file.mode & 0002U) != 0) {
    return refuse("everybody may write to the file");
  }
  return {};
}

Result<os::Fd> Store::open_file(std::string_view name, int flags, os::FileInfo* found) const noexcept {
  auto file = os::open_file_at(dir_, name, flags);
  if (!file) {
    if (file.error().code == Code::untrusted) {
      return std::unexpected(fail(Code::untrusted, "open", name, "not a regular file", planted));
    }
    return file;
  }
  auto state = os::info(*file);
  if (!state) {
    return std::unexpected(state.error());
  }
  if (auto good = check_trust(*this, *state, name); !good) {
    return std::unexpected(good.error());
  }
  *found = *state;
  return file;
}

Result<os::Fd> Store::open_or_create_file(std::string_view name, int flags, os::FileInfo* found) const noexcept {
  // Never O_CREAT on a name that may exist: fs.protected_regular would refuse it to root. Each turn of the loop means
  // that another process created or removed the file in between, so a few turns are plenty.
  const auto named = [&](const os::Error& error) {  // the steps below know no name
    return std::unexpected(error.sys_errno != 0 ? os::fail_errno(error.sys_errno, "create", name) : error);
  };
  for (int turn = 0; turn < 100; ++turn) {
    auto file = open_file(name, flags, found);
    if (file || file.error().code != Code::absent) {
      return file;
    }
    auto fresh = os::create_unnamed(dir_, private_mode());
    if (!fresh) {
      return named(fresh.error());
    }
    auto published = os::publish(*fresh, dir_, name);
    if (!published && published.error().code != Code::exists) {
      return named(published.error());
    }
  }
  return std::unexpected(fail(Code::busy, "create", name, "the file keeps appearing and vanishing", planted));
}

}  // namespace shm::store
