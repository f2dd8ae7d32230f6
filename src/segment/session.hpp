// A writer's life, as other processes see it: while a process lives, the kernel keeps its lock on one byte of the
// object's lock file, and at whatever moment and in whatever way it ends, that lock is gone. The byte's number is the
// session's id, which is never given out twice; so neither a pid nor a pid namespace can be mistaken for another.
// A forked child does not keep its parent's session alive: it has none until it begins one of its own (any thread may
// fork; a child made by vfork or by a bare clone must run a program or end).
// One thread at a time per Session. Invariant: while id() is not 0, this process alone has that byte.
#pragma once
#include <cstdint>
#include "os/error.hpp"
#include "os/fd.hpp"
#include "os/short_life.hpp"

namespace shm::segment {

class Session {
 public:
  Session() = default;
  Session(Session&& other) noexcept : life_(std::exchange(other.life_, nullptr)) {}
  Session& operator=(Session&& other) noexcept;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    if (life_ != nullptr && !os::leave_to_the_end()) {
      end();
    }
  }

  /// While one lives, the process can't be forked: no child gets a copy of a file that was opened since, but is no
  /// session's yet. Such a copy would keep a dead parent's byte. Not to be nested, and for a moment only.
  class NoFork {
   public:
    NoFork() noexcept;
    NoFork(const NoFork&) = delete;
    NoFork& operator=(const NoFork&) = delete;
    ~NoFork();
  };

  /// Begins session `id`, not 0, on the lock file, open for writing since the NoFork began. Code::busy: another process
  /// has that byte; Code::full.
  os::Result<void> begin(const NoFork& quiet, os::Fd lock_file, std::uint64_t id) noexcept;
  void end() noexcept;
  /// 0: there is none, or it was the parent's.
  [[nodiscard]] std::uint64_t id() const noexcept { return life_ != nullptr ? life_->id : 0; }
  /// Where id() can be looked up as long as the session has not been ended; it must have begun.
  [[nodiscard]] const std::uint64_t* watch() const noexcept { return &life_->id; }
  /// For people: whose session it is.
  [[nodiscard]] std::uint64_t pid() const noexcept { return life_->pid; }
  [[nodiscard]] const std::uint64_t* program() const noexcept { return &life_->program[0]; }  ///< 16 bytes of its name
  /// Whether another session's process lives. Asks the kernel; disturbs nobody.
  [[nodiscard]] os::Result<bool> lives(std::uint64_t other) const noexcept;

 private:
  struct Life {
    os::Fd file;
    std::uint64_t id = 0;
    std::uint64_t pid = 0;
    std::uint64_t program[2] = {};
    Life* before = nullptr;  // all lives of this process, for the child of a fork to end
    Life* after = nullptr;
  };
  class Register;
  void leave(const NoFork& quiet) noexcept;
  Life* life_ = nullptr;
};

}  // namespace shm::segment
