// A process that holds something in an object, so that anybody can tell later whether it still lives: by pid and start
// time, within a boot and a pid namespace. Plain numbers, as an object keeps them. Any thread.
#pragma once
#include <cstdint>
#include "os/error.hpp"

namespace shm::object {

struct Owner {
  std::uint64_t pid = 0;           ///< 0: nobody
  std::uint64_t start = 0;         ///< os::ProcessState::start
  std::uint64_t boot = 0;          ///< of os::boot_id(), folded
  std::uint64_t namespace_id = 0;  ///< os::pid_namespace(), in which the pid counts
  bool operator==(const Owner&) const = default;
};

/// Process `pid` of this pid namespace. Code::absent: there is none.
os::Result<Owner> owner_of(int pid) noexcept;

/// Whether owners live: asks about the same one once only. For one operation, that it may take as one moment.
class Census {
 public:
  /// True too for an owner that can't be seen from here (another pid namespace, no /proc): only its time can end that.
  bool lives(const Owner& owner) noexcept;

 private:
  Owner last_;
  bool last_lives_ = false;
  std::uint64_t boot_ = 0;  // asked for at the first need
  std::uint64_t namespace_id_ = 0;
  bool asked_ = false;
};

}  // namespace shm::object
