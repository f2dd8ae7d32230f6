#include "store/saved_stores.hpp"
#include <fcntl.h>
#include <sys/stat.h>
#include "os/accounts.hpp"
#include "store/name.hpp"

namespace shm::store {

namespace {
using os::Code;
using os::fail;
using os::Path;
using os::Result;

constexpr std::string_view file_suffix = ".save";
constexpr const char* not_yours = "look who may write above it";
constexpr std::string_view past_name = ",restored";
constexpr std::string_view user_steps[] = {".local", "state", "shmctl"};

std::string_view last_of(std::string_view path) noexcept { return path.substr(path.rfind('/') + 1); }

Result<Path> directory_of(PlaceKind kind, std::uint32_t euid) noexcept {
  if (kind == PlaceKind::system || kind == PlaceKind::group) {
    Path path(saved_root);
    return kind == PlaceKind::group ? path.add("/g") : path;
  }
  auto path = os::home_of(euid);
  if (path) {
    for (const auto step : user_steps) {
      path->add("/").add(step);
    }
  }
  return path;
}

Result<os::Fd> make_step(const os::Fd& parent, std::string_view name, std::uint32_t mode) noexcept {
  auto step = os::open_directory_at(parent, name);
  if (step || step.error().code != Code::absent) {
    return step;
  }
  auto made = os::make_directory_at(parent, name, mode);
  return !made && made.error().code == Code::exists ? os::open_directory_at(parent, name) : std::move(made);
}

Result<void> check_directory(const os::Fd& dir, std::uint32_t euid, std::string_view path) noexcept {
  const auto found = os::info(dir);
  if (!found) {
    return std::unexpected(found.error());
  }
  const char* why = found->uid != euid           ? "it belongs to another user"
                    : (found->mode & 0022U) != 0 ? "others may write to it"
                                                 : nullptr;
  if (why != nullptr) {
    return std::unexpected(
        fail(Code::untrusted, "use directory", path, why, "look who changed it, then chown and chmod 755 it"));
  }
  return {};
}

Result<void> make_below(std::string_view parent, std::span<const std::string_view> steps, std::uint32_t mode,
                        std::uint32_t euid) noexcept {
  // An ordinary user's home may well be reached by a link of root's.
  auto dir = euid == 0 ? os::open_directory(parent) : os::open_directory_anyhow(parent);
  Path path(parent);
  for (const auto step : steps) {
    if (!dir) {
      break;
    }
    path.add("/").add(step);
    dir = make_step(*dir, step, mode);
  }
  if (!dir) {
    return std::unexpected(os::fail_errno(dir.error().sys_errno, "make directory", path.view(), not_yours));
  }
  return check_directory(*dir, euid, path.view());
}

/// Calls `take(name)` for each entry of a directory; none if that is not there.
template <class Take>
Result<void> each_entry(std::string_view path, Take take) noexcept {
  auto dir = os::open_directory_anyhow(path);
  if (!dir) {
    return dir.error().code == Code::absent ? Result<void>() : std::unexpected(dir.error());
  }
  return os::list_directory(
      *dir,
      [](void* context, std::string_view name) {
        (*static_cast<Take*>(context))(name);
        return true;
      },
      &take);
}

using Visit = void (*)(void* context, std::string_view said);

void visit_group(Visit visit, void* context, std::string_view group) noexcept {
  if (valid_name(group)) {
    visit(context, os::FileName("@").add(group).view());
  }
}
}  // namespace

Result<Place> place_said(std::string_view said, std::uint32_t euid) noexcept {
  return place_of(said, euid, euid != 0 && os::info_of(user_root).has_value());
}

Result<Path> saved_path(const Place& place, std::uint32_t euid) noexcept {
  if (place.kind == PlaceKind::directory) {
    return std::unexpected(fail(Code::usage, "save store", place.path.view(), "a directory has no default place for it",
                                "say a FILE too"));
  }
  auto path = directory_of(place.kind, euid);
  if (!path) {
    return path;
  }
  const bool own = place.kind == PlaceKind::user || place.kind == PlaceKind::fallback;
  path->add("/").add(own && !place.named ? "own" : last_of(place.path.view())).add(file_suffix);
  return path->cut() ? std::unexpected(os::fail_errno(ENAMETOOLONG, "save store", place.path.view())) : path;
}

Result<void> make_saved_directory(const Place& place, std::uint32_t euid) noexcept {
  if (place.kind == PlaceKind::system || place.kind == PlaceKind::group) {
    const std::string_view steps[] = {"shmctl", "g"};
    auto done = make_below("/var/lib", std::span(steps).first(1), 0755, 0);
    return done && place.kind == PlaceKind::group ? make_below(saved_root, std::span(steps).subspan(1), 0755, 0) : done;
  }
  const auto home = os::home_of(euid);
  return home ? make_below(home->view(), user_steps, 0700, euid) : std::unexpected(home.error());
}

Result<void> each_store(std::uint32_t euid, Visit visit, void* context) noexcept {
  const auto place = place_said("", euid);
  if (!place) {
    return std::unexpected(place.error());
  }
  visit(context, "");
  auto done = each_entry(place->path.view(), [&](std::string_view name) {
    if (name.starts_with('+') && valid_name(name.substr(1))) {
      visit(context, name.substr(1));
    }
  });
  if (done && euid == 0) {
    const Path groups = Path(run_root).add("/g");
    done = each_entry(groups.view(), [&](std::string_view name) { visit_group(visit, context, name); });
  }
  return done;
}

Result<void> each_saved_store(std::uint32_t euid, Visit visit, void* context) noexcept {
  // FILE.1 may be there alone, where a power cut came between two renames.
  const auto stem = [](std::string_view dir, std::string_view file) -> std::string_view {
    constexpr std::string_view older = ".save.1";
    if (file.ends_with(file_suffix)) {
      return file.substr(0, file.size() - file_suffix.size());
    }
    if (!file.ends_with(older)) {
      return {};
    }
    file.remove_suffix(older.size());
    return os::info_of(Path(dir).add("/").add(file).add(file_suffix).view()) ? std::string_view() : file;
  };
  const auto path = directory_of(euid == 0 ? PlaceKind::system : PlaceKind::user, euid);
  if (!path) {  // who has no home has saved nothing there
    return path.error().code == Code::absent ? Result<void>() : std::unexpected(path.error());
  }
  auto done = each_entry(path->view(), [&](std::string_view file) {
    const auto name = stem(path->view(), file);
    if (name == (euid == 0 ? "sys" : "own")) {
      visit(context, "");
    } else if (name.starts_with('+') && valid_name(name.substr(1))) {
      visit(context, name.substr(1));
    }
  });
  if (done && euid == 0) {
    const Path groups = Path(saved_root).add("/g");
    done = each_entry(groups.view(),
                      [&](std::string_view file) { visit_group(visit, context, stem(groups.view(), file)); });
  }
  return done;
}

Result<bool> has_its_past(const Store& store) noexcept {
  const auto found = os::info_at(store.dir(), past_name);
  if (!found && found.error().code != Code::absent) {
    return std::unexpected(found.error());
  }
  return found.has_value();
}

Result<void> note_past(const Store& store) noexcept {
  os::FileInfo info;
  const auto file = store.open_or_create_file(past_name, O_RDONLY, &info);
  return file ? Result<void>() : std::unexpected(file.error());
}

}  // namespace shm::store
