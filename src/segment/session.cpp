#include "segment/session.hpp"
#include <pthread.h>
#include <sys/prctl.h>
#include <new>
#include "os/flock.hpp"

namespace shm::segment {

using os::Code;
using os::fail;
using os::Result;

// The sessions of this process. A fork waits until no other thread is changing the list; the child then ends them all:
// closing its copy of a descriptor takes nothing from the parent, whose own copy keeps the byte.
class Session::Register {
 public:
  static void lock() noexcept {
    static const int registered = ::pthread_atfork(lock_only, unlock, end_in_child);
    (void)registered;  // it fails for want of memory alone, and then a child's copies end with the child
    lock_only();
  }
  static void unlock() noexcept { ::pthread_mutex_unlock(&mutex_); }
  // Both under the lock.
  static void enter(Life* life) noexcept {
    life->after = first_;
    if (first_ != nullptr) {
      first_->before = life;
    }
    first_ = life;
  }
  static void leave(Life* life) noexcept {
    (life->before != nullptr ? life->before->after : first_) = life->after;
    if (life->after != nullptr) {
      life->after->before = life->before;
    }
  }

 private:
  static void lock_only() noexcept { ::pthread_mutex_lock(&mutex_); }
  static void end_in_child() noexcept {
    for (Life* life = first_; life != nullptr; life = life->after) {
      life->file.reset();
      life->id = 0;
    }
    unlock();
  }
  static inline pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  static inline Life* first_ = nullptr;
};

Session::NoFork::NoFork() noexcept { Register::lock(); }
Session::NoFork::~NoFork() { Register::unlock(); }

Session& Session::operator=(Session&& other) noexcept {
  if (this != &other) {
    end();
    life_ = std::exchange(other.life_, nullptr);
  }
  return *this;
}

Result<void> Session::begin(const NoFork& quiet, os::Fd lock_file, std::uint64_t id) noexcept {
  leave(quiet);
  const auto taken = os::try_byte(lock_file, id);
  if (!taken) {
    return std::unexpected(taken.error());
  }
  if (!*taken) {
    return std::unexpected(fail(Code::busy, "begin a session of", "an object", "its number is taken"));
  }
  auto* life = new (std::nothrow) Life;
  if (life == nullptr) {
    return std::unexpected(fail(Code::full, "begin a session of", "an object", "no memory is left"));
  }
  life->file = std::move(lock_file);
  life->id = id;
  life->pid = static_cast<std::uint64_t>(os::sys::call(SYS_getpid));
  os::sys::call(SYS_prctl, PR_GET_NAME, &life->program[0]);
  Register::enter(life);
  life_ = life;
  return {};
}

void Session::end() noexcept {
  if (life_ != nullptr) {
    const NoFork quiet;
    leave(quiet);
  }
}

void Session::leave(const NoFork&) noexcept {
  if (life_ != nullptr) {
    Register::leave(life_);
    delete life_;  // closes the file: the byte is free
    life_ = nullptr;
  }
}

Result<bool> Session::lives(std::uint64_t other) const noexcept { return os::byte_taken(life_->file, other); }

}  // namespace shm::segment
