// A store that is open: a directory whose owner and mode were checked, and the only way to the files in it.
// Opening follows no link and trusts no name; every refusal says what is wrong and is final (no other place is tried).
// Any thread may use a Store; it changes after open() by move alone.
#pragma once
#include "os/file.hpp"
#include "store/place.hpp"

namespace shm::store {

enum class Missing : std::uint8_t {
  refuse,  ///< a store that is not there is Code::absent
  create,  ///< make it, as far as the place allows
};

class Store {
 public:
  /// Opens the store that `said` names for `euid` (see place_of()).
  static os::Result<Store> open(std::string_view said, std::uint32_t euid, Missing missing) noexcept;

  [[nodiscard]] const os::Fd& dir() const noexcept { return dir_; }
  [[nodiscard]] std::string_view path() const noexcept { return place_.path.view(); }
  [[nodiscard]] const Place& place() const noexcept { return place_; }
  [[nodiscard]] std::uint32_t owner() const noexcept { return owner_; }
  /// Whether a group writes here together: then its files belong to the group, whoever made them.
  [[nodiscard]] bool shared() const noexcept { return shared_; }
  [[nodiscard]] std::uint32_t group() const noexcept { return group_; }
  /// The mode of files that nobody outside may see: 0600, or 0660 where a group shares the store.
  [[nodiscard]] std::uint32_t private_mode() const noexcept { return shared_ ? 0660 : 0600; }

  /// Lets objects be made under building_name()s by way of this Store: to be given their own name when they are whole.
  void allow_building() noexcept { building_ = true; }
  [[nodiscard]] bool building() const noexcept { return building_; }
  /// Lets objects with inbox_name()s be used by way of this Store.
  void allow_inboxes() noexcept { inboxes_ = true; }
  [[nodiscard]] bool inboxes() const noexcept { return inboxes_; }

  /// Opens file `name` (an object's, a job's or a lock's) with `flags` O_RDONLY or O_RDWR and checks it: a regular
  /// file, one link, owned by who owns the store. Code::absent, denied, untrusted. `*found` receives its state.
  os::Result<os::Fd> open_file(std::string_view name, int flags, os::FileInfo* found) const noexcept;
  /// As open_file(), and creates the file, empty, with private_mode() when it is missing.
  os::Result<os::Fd> open_or_create_file(std::string_view name, int flags, os::FileInfo* found) const noexcept;

 private:
  os::Fd dir_;
  Place place_;
  std::uint32_t owner_ = 0;
  std::uint32_t group_ = 0;
  bool shared_ = false;
  bool building_ = false;
  bool inboxes_ = false;
};

/// The path of its directory from the root, in one spelling: what to look for the store's name by, where others have
/// written it down.
os::Path absolute_path(const Store& store) noexcept;

/// The check of open_file() alone. `object` names the file in an error.
os::Result<void> check_trust(const Store& store, const os::FileInfo& file, std::string_view object) noexcept;

}  // namespace shm::store
