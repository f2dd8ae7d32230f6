// Who has a flock(2): not only who took it, but every process that has inherited the open file it belongs to.
// Any thread may call this.
#pragma once
#include "os/file.hpp"

namespace shm::os {

enum class HeldFlock : std::uint8_t {
  none,
  of_the_living,  ///< the process that took it lives: this one, its parent...
  of_the_dead,    ///< it has ended, and what is left of it is inherited
};
/// Whether process `pid` has `file` open by a descriptor that a flock belongs to. Whoever has it open without the lock,
/// such as one that waits for it, has none; nor has, for all one can say, a process that this one may not look at.
HeldFlock held_flock(int pid, const FileInfo& file) noexcept;

}  // namespace shm::os
