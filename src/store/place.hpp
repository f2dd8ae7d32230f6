// Where a store is: a pure function of the effective uid and what the user said, never of an environment that cron
// lacks. Nothing is opened or created here. Any thread may call it.
#pragma once
#include "os/error.hpp"
#include "os/text.hpp"

namespace shm::store {

/// What one directory on the way must be; anything else is refused.
struct Level {
  std::string_view path;  ///< a literal
  std::uint32_t uid = 0;
  std::uint32_t mode_most = 0;   ///< no permission bit beyond these
  std::uint32_t mode_least = 0;  ///< all of these
  const char* mend = nullptr;    ///< what to do where it is something else; a literal
  bool ours = false;             ///< shmctl makes it, if allowed, when it is missing
};

enum class PlaceKind : std::uint8_t {
  system,     ///< root's store
  user,       ///< a user's store, where the package made the place for it
  fallback,   ///< a user's store where there is no package
  group,      ///< shared by a group
  directory,  ///< the directory that the user named
};

struct Place {
  PlaceKind kind = PlaceKind::system;
  os::Path path;     ///< the store's directory
  Level parents[2];  ///< checked from the outside in
  unsigned parent_count = 0;
  std::uint32_t uid = 0;  ///< who must own the directory; kinds user, fallback, system
  std::uint32_t gid = 0;  ///< the group of a group's store
  bool named = false;     ///< a `--store NAME` below the default one
};

/// `said`: what --store or SHMCTL_STORE says, or empty. `user_root_exists`: whether /run/shmctl/u is there.
/// Code::usage for words that name no store, Code::absent for a group that does not exist.
os::Result<Place> place_of(std::string_view said, std::uint32_t euid, bool user_root_exists) noexcept;

inline constexpr std::string_view run_root = "/run/shmctl";
inline constexpr std::string_view user_root = "/run/shmctl/u";

}  // namespace shm::store
