// Who may use a new object: what `create --mode --group` says, for every kind.
#pragma once
#include "store/object_file.hpp"

namespace shm::object {

struct Permissions {
  std::uint32_t mode = 0;  ///< 0: the store's private mode
  bool set_group = false;
  std::uint32_t group = 0;

  void apply_to(store::NewObject& object) const noexcept {
    object.mode = mode;
    object.set_group = set_group;
    object.group = group;
  }
};

}  // namespace shm::object
