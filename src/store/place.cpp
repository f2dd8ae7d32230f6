#include "store/place.hpp"
#include "os/accounts.hpp"
#include "store/name.hpp"

namespace shm::store {

namespace {
constexpr const char* mend_ours = "let root look who changed it, then: chown root and chmod 0755 that directory";
constexpr const char* mend_sticky = "let root look who changed it, then: chown root and chmod 1777 that directory";

Level level(std::string_view path, std::uint32_t mode_most, std::uint32_t mode_least, bool ours) noexcept {
  Level made;
  made.path = path;
  made.mode_most = mode_most;
  made.mode_least = mode_least;
  made.mend = ours ? mend_ours : mend_sticky;
  made.ours = ours;
  return made;
}

void add_parent(Place& place, const Level& parent) noexcept { place.parents[place.parent_count++] = parent; }

Place below_run(PlaceKind kind, std::string_view directory) noexcept {
  Place place;
  place.kind = kind;
  place.path.add(run_root).add(directory);
  add_parent(place, level(run_root, 0755, 0700, true));
  return place;
}

Place default_place(std::uint32_t euid, bool user_root_exists) noexcept {
  if (euid == 0) {
    return below_run(PlaceKind::system, "/sys");
  }
  Place place;
  if (user_root_exists) {
    place = below_run(PlaceKind::user, "/u/");
    // Without the sticky bit another user could move this user's store away, and a second copy would run.
    add_parent(place, level(user_root, 01777, 01777, false));
    place.path.add_decimal(euid);
  } else {
    place.kind = PlaceKind::fallback;
    place.path.add("/dev/shm/shmctl-").add_decimal(euid);
    add_parent(place, level("/dev/shm", 01777, 01000, false));
  }
  place.uid = euid;
  return place;
}

os::Result<Place> group_place(std::string_view group) noexcept {
  if (auto valid = check_name(group); !valid) {
    return std::unexpected(valid.error());
  }
  auto gid = os::group_id(group);
  if (!gid) {
    return std::unexpected(gid.error());
  }
  Place place = below_run(PlaceKind::group, "/g/");
  add_parent(place, level("/run/shmctl/g", 0755, 0700, true));
  // By its name, also where the user said its number: one group has one store.
  const bool number = group.find_first_not_of("0123456789") == std::string_view::npos;
  place.path.add(number ? os::group_name(*gid).view() : group);
  place.gid = *gid;
  return place;
}
}  // namespace

os::Result<Place> place_of(std::string_view said, std::uint32_t euid, bool user_root_exists) noexcept {
  if (said.empty()) {
    return default_place(euid, user_root_exists);
  }
  if (said[0] == '@') {
    return group_place(said.substr(1));
  }
  if (said == "sys") {
    return default_place(0, user_root_exists);
  }
  if (said.find('/') != std::string_view::npos || said == "." || said == "..") {
    Place place;
    place.kind = PlaceKind::directory;
    place.uid = euid;
    if (place.path.add(said).cut()) {
      return std::unexpected(os::fail(os::Code::usage, "use store", said, "the path is too long"));
    }
    return place;
  }
  if (!valid_name(said)) {
    return std::unexpected(os::fail(os::Code::usage, "use store", said, "not a store",
                                    "say a directory (with a slash), a name, or @GROUP"));
  }
  Place place = default_place(euid, user_root_exists);
  place.path.add("/+").add(said);
  place.named = true;
  return place;
}

}  // namespace shm::store
