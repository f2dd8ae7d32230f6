// Which name an object has: giving it another one, copying it under a second one, and building one out of sight before
// it gets its name. Whoever has the object open, or waits for it, goes on with it under its new name. What loses its
// name to another one by Taken::replace is removed at that moment, for those too who have it open.
// Any process; one thread. Invariant: at every moment the new name means nothing, the old object, or the whole new one.
#pragma once
#include "object/permissions.hpp"
#include "os/file.hpp"
#include "store/name.hpp"
#include "store/object_file.hpp"

namespace shm::object {

using os::Taken;

/// Gives object `name` the name `to`. Code::absent; Code::exists: `to` is taken (a name that only an absent text has is
/// free); Code::timed_out: a stopped process is changing it; Code::denied.
os::Result<void> rename(const store::Store& store, std::string_view name, std::string_view to, Taken taken) noexcept;

/// A name for an object that is being built, which no user can say. The object is made under it by what makes objects
/// of its kind, through the same Store, which must be building(); then it gets its own name. Without that, nothing is
/// left.
class Building {
 public:
  static os::Result<Building> begin(const store::Store& store) noexcept;
  Building(Building&& other) noexcept;
  Building& operator=(Building&&) = delete;
  Building(const Building&) = delete;
  Building& operator=(const Building&) = delete;
  ~Building();

  [[nodiscard]] std::string_view name() const noexcept { return name_.view(); }
  /// The object is there: from now on doctor can tell that it is being built, however long that takes.
  void hold() noexcept;
  /// Gives it the name `to`, once. Code::exists.
  os::Result<void> publish(std::string_view to, Taken taken) noexcept;

 private:
  Building(const store::Store& store, std::uint64_t id) noexcept : store_(&store), name_(store::building_name(id)) {}
  const store::Store* store_;
  os::FileName name_;
  os::Fd held_;
};

/// What a copy shall have that its original has not.
struct CopyAs {
  Permissions permissions;
  bool keep_mode = true;  ///< the original's, whatever `permissions` says
  bool keep_group = true;
};

/// Makes `to` an exact copy of object `name` as it is at one moment: content, limits, times to live. Nobody holds
/// anything in a copy: held items of a queue are ready there. Needs no right to write the original. `store` must be
/// building().
os::Result<void> copy(const store::Store& store, std::string_view name, std::string_view to, const CopyAs& as,
                      Taken taken) noexcept;

}  // namespace shm::object
