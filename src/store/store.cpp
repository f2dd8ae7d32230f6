#include "store/store.hpp"
#include <fcntl.h>
#include <sys/stat.h>

namespace shm::store {

namespace {
using os::Code;
using os::fail;
using os::Result;

constexpr const char* ask_root = "no place for it can be trusted: let root correct it, then run 'shmctl doctor'";

Result<void> check_level(const Level& level) noexcept {
  const auto found = os::info_of(level.path);
  if (!found) {
    return std::unexpected(found.error());
  }
  const char* why = nullptr;
  if (!S_ISDIR(found->mode)) {
    why = "not a directory";
  } else if (found->uid != level.uid) {
    why = "owned by the wrong user";
  } else if ((found->mode & 07777U & ~level.mode_most) != 0 || (found->mode & level.mode_least) != level.mode_least) {
    // Others could put another directory in the place of the store's.
    why = "its mode is wrong";
  }
  if (why != nullptr) {
    return std::unexpected(fail(Code::untrusted, "use directory", level.path, why, level.mend));
  }
  return {};
}

std::uint32_t base_mode(const Place& place) noexcept { return place.kind == PlaceKind::system ? 0755 : 0700; }

std::uint32_t mode_of(const Place& place) noexcept {
  if (place.kind == PlaceKind::group) {
    return 02770;
  }
  return place.named ? 0700 : base_mode(place);
}

struct Split {
  std::string_view parent;
  std::string_view name;
};

Split split(std::string_view path) noexcept {
  while (path.size() > 1 && path.back() == '/') {
    path.remove_suffix(1);
  }
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) {
    return {".", path};
  }
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

Result<void> check_parents(const Place& place) noexcept {
  for (unsigned i = 0; i < place.parent_count; ++i) {
    if (auto good = check_level(place.parents[i]); !good) {
      return good;
    }
  }
  return {};
}

// The default store that a named one lies in: whose it is decides who could move the named one away.
Result<void> check_base(const Place& place) noexcept {
  if (!place.named) {
    return {};
  }
  Level base;
  base.path = split(place.path.view()).parent;
  base.uid = place.uid;
  base.mode_most = base_mode(place);
  base.mode_least = 0700;
  base.mend = ask_root;
  return check_level(base);
}

// The directory itself is checked by its descriptor, so that it can't be changed between the check and the use.
Result<void> check_directory(const Place& place, const os::FileInfo& found, std::uint32_t euid) noexcept {
  const std::uint32_t mode = found.mode & 07777U;
  const auto refuse = [&](const char* why, const char* advice) -> Result<void> {
    return std::unexpected(fail(Code::untrusted, "use store", place.path.view(), why, advice));
  };
  switch (place.kind) {
    case PlaceKind::system:
      if (found.uid != 0) {
        return refuse("not owned by root", ask_root);
      }
      if (place.named && mode != 0700) {
        return refuse("its mode is not 0700", "find out who changed it, then: chmod 0700 that directory");
      }
      if ((mode & ~0755U) != 0) {
        return refuse("its mode lets others change it", "chmod it to 0755");
      }
      return {};
    case PlaceKind::user:
    case PlaceKind::fallback:
      if (found.uid != place.uid) {
        return refuse("owned by another user", "somebody took the place: ask root to remove that directory");
      }
      if (mode != 0700) {
        return refuse("its mode is not 0700", "find out who changed it, then: chmod 0700 that directory");
      }
      return {};
    case PlaceKind::group:
      if (found.uid != 0 || found.gid != place.gid) {
        return refuse("not owned by root and the group", ask_root);
      }
      if (mode != 02770) {
        return refuse("its mode is not 2770", ask_root);
      }
      return {};
    case PlaceKind::directory:
      if (found.uid != euid && found.uid != 0) {
        return refuse("owned by neither you nor root", "take a directory of your own");
      }
      if ((mode & 0002U) != 0) {
        return refuse("everybody may write to it", "take a directory of your own, mode 0700");
      }
      if ((mode & 0020U) != 0 && (mode & 02000U) == 0) {
        return refuse("its group may write to it", "chmod g-w, or chmod 2770 to share it with the group");
      }
      return {};
  }
  return {};
}

// Makes one directory; that another process made it first is as good, for all of it is checked afterwards.
Result<void> make_one(std::string_view path, std::uint32_t mode, const std::uint32_t* gid) noexcept {
  const Split where = split(path);
  auto parent = os::open_directory(where.parent);
  if (!parent) {
    return std::unexpected(parent.error());
  }
  auto made = os::make_directory_at(*parent, where.name, mode, gid);
  if (!made && made.error().code != Code::exists) {
    return std::unexpected(os::fail_errno(made.error().sys_errno, "make store", path));
  }
  return {};
}

Result<void> make(const Place& place, std::uint32_t euid) noexcept {
  if (place.kind == PlaceKind::group && euid != 0) {
    return std::unexpected(fail(Code::absent, "use store", place.path.view(), "this group has no store yet",
                                "let root run 'shmctl --store @GROUP doctor --fix' once"));
  }
  for (unsigned i = 0; i < place.parent_count; ++i) {
    const Level& parent = place.parents[i];
    if (parent.ours && euid == 0) {
      if (auto done = make_one(parent.path, parent.mode_most, nullptr); !done) {
        return done;
      }
    }
  }
  if (auto good = check_parents(place); !good) {
    return good;
  }
  if (place.named) {
    if (auto done = make_one(split(place.path.view()).parent, base_mode(place), nullptr); !done) {
      return done;
    }
    if (auto good = check_base(place); !good) {
      return good;
    }
  }
  return make_one(place.path.view(), mode_of(place), place.kind == PlaceKind::group ? &place.gid : nullptr);
}
}  // namespace

Result<Store> Store::open(std::string_view said, std::uint32_t euid, Missing missing) noexcept {
  // Only the default place of a user depends on whether the package has made a place for users; mostly it has, and the
  // store is there.
  const bool depends = euid != 0 && (said.empty() || said.find('/') == std::string_view::npos);
  auto place = place_of(said, euid, depends);
  if (!place) {
    return std::unexpected(place.error());
  }
  auto dir = os::open_directory(place->path.view());
  if (!dir && depends && !os::info_of(user_root)) {
    place = place_of(said, euid, false);
    if (!place) {
      return std::unexpected(place.error());
    }
    dir = os::open_directory(place->path.view());
  }
  Store store;
  store.place_ = *place;
  if (!dir && dir.error().code == Code::absent && missing == Missing::create) {
    if (auto made = make(*place, euid); !made) {
      return std::unexpected(made.error());
    }
    dir = os::open_directory(place->path.view());
  }
  if (!dir) {
    const auto& error = dir.error();
    if (error.code == Code::untrusted) {
      return std::unexpected(fail(Code::untrusted, "use store", place->path.view(),
                                  "a symbolic link or something that is not a directory is on the way",
                                  "give the real path"));
    }
    const bool denied = error.code == Code::denied;
    return std::unexpected(os::fail_errno(error.sys_errno, "use store", place->path.view(),
                                          denied ? "only its owner, or its group, may: see 'id'" : nullptr));
  }
  store.dir_ = std::move(*dir);
  if (auto good = check_parents(*place); !good) {
    return std::unexpected(good.error());
  }
  if (auto good = check_base(*place); !good) {
    return std::unexpected(good.error());
  }
  const auto found = os::info(store.dir_);
  if (!found) {
    return std::unexpected(found.error());
  }
  if (auto good = check_directory(*place, *found, euid); !good) {
    return std::unexpected(good.error());
  }
  store.owner_ = found->uid;
  store.group_ = found->gid;
  store.shared_ = (found->mode & 02020U) == 02020U;
  return store;
}

os::Path absolute_path(const Store& store) noexcept {
  if (store.place().kind == PlaceKind::directory) {  // as the user wrote it
    if (const auto path = os::path_of(store.dir())) {
      return *path;
    }
  }
  return os::Path(store.path());
}

}  // namespace shm::store
