// An object to try the core on, and the tests' way into an open one. What fails here throws, so that children may use
// it.
#pragma once
#include <unistd.h>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include "os/clock.hpp"
#include "segment/region.hpp"
#include "support/own_store.hpp"

namespace shm::segment {
struct Inspector {
  static const Memory& memory(const Region& region) { return region.memory_; }
  static Control& control(const Region& region) { return region.memory_.control(); }
  static std::uint64_t session(const Region& region) { return region.session_.id(); }
};
}  // namespace shm::segment

namespace test {

using shm::os::Access;
using shm::os::Code;
using shm::segment::Inspector;
using shm::segment::Reader;
using shm::segment::Ref;
using shm::segment::Region;

constexpr std::int64_t ms = 1'000'000;

template <class T>
T must(shm::os::Result<T> result) {
  if (!result) {
    const auto& error = result.error();
    throw std::runtime_error(std::string(error.attempt) + " " + error.object + ": code " +
                             std::to_string(static_cast<int>(error.code)) + ": " +
                             (error.why != nullptr ? error.why : std::to_string(error.sys_errno)));
  }
  if constexpr (!std::is_void_v<T>) {
    return std::move(*result);
  }
}

/// An object named "thing" in a store of its own.
class Object {
 public:
  explicit Object(std::uint32_t mode = 0) { make("thing", mode); }
  void make(std::string_view name, std::uint32_t mode = 0) const {
    shm::store::NewObject fresh;
    fresh.kind = 99;
    fresh.mode = mode;
    must(Region::create(*store, name, fresh));
  }
  [[nodiscard]] Region open(Access access = Access::write) const { return must(Region::open(*store, "thing", access)); }

  OwnStore store;
};

inline std::uint64_t root(const Region& region, std::size_t index) {
  return must(
      region.read([&](const Reader& reader) -> shm::os::Result<std::uint64_t> { return reader.get_root(index); }));
}

inline void set_root(Region& region, std::size_t index, std::uint64_t value) {
  auto change = must(region.begin());
  change.set_root(index, value);
  must(change.commit());
}

/// Waits until `happened()`, half a minute at most; whether it did.
template <class Happened>
bool soon(Happened happened) {
  const std::int64_t end = shm::os::monotonic_ns() + 30'000 * ms;
  while (!happened()) {
    if (shm::os::monotonic_ns() > end) {
      return false;
    }
    ::usleep(100);
  }
  return true;
}

/// How long `act` takes.
template <class Act>
std::int64_t ns_of(Act act) {
  const std::int64_t from = shm::os::monotonic_ns();
  act();
  return shm::os::monotonic_ns() - from;
}

template <class T>
T look(const T& shared) {
  return __atomic_load_n(&shared, __ATOMIC_ACQUIRE);
}
template <class T>
void tell(T& shared, T value) {
  __atomic_store_n(&shared, value, __ATOMIC_RELEASE);
}

}  // namespace test
