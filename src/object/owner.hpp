// A process that holds something in an object, so that anybody can tell later whether it still lives: by pid and start
// time, within a boot and a pid namespace. Plain numbers, as an object keeps them. Any thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include "os/error.hpp"

namespace shm::object {

struct Owner {
  std::uint64_t pid = 0;           ///< 0: nobody
  std::uint64_t start = 0;         ///< os::ProcessState::start
  std::uint64_t boot = 0;          ///< of os::boot_id(), folded
  std::uint64_t namespace_id = 0;  ///< os::pid_namespace(), in which the pid counts; see until_waited_for()
  bool operator==(const Owner&) const = default;
};

/// Process `pid` of this pid namespace. Code::absent: there is none.
os::Result<Owner> owner_of(int pid) noexcept;
/// The process that started this one: most often a shell. Code::absent: it can't be seen from here.
os::Result<Owner> owner_of_caller() noexcept;

/// That process, a child of `parent`, which counts as alive until its parent has waited for it: so its parent can look
/// how it ended, and do what follows from that, before anybody takes from it what it held. An owner like any other once
/// the parent has ended.
Owner until_waited_for(const Owner& child, int parent) noexcept;

/// Whether owners live: asks about the same one once only, as long as they are few. For one operation, that it may take
/// as one moment.
class Census {
 public:
  /// True too for nobody, and for an owner that can't be seen from here (another pid namespace, no /proc): only time
  /// can end what they hold.
  bool lives(const Owner& owner) noexcept;

 private:
  bool ask(const Owner& owner) noexcept;

  struct Answer {
    Owner owner;
    bool lives = true;
  };
  static constexpr std::size_t kept = 16;
  Answer answers_[kept];    // of nobody at first
  std::size_t next_ = 0;    // to be forgotten
  std::uint64_t boot_ = 0;  // asked for at the first need
  std::uint64_t namespace_id_ = 0;
  bool asked_ = false;
};

}  // namespace shm::object
