// Whether the heap of an object is what it must be between transactions. For the harness alone.
#pragma once
#include "kinds.hpp"

namespace shm::segment {
/// The tests' way into a Region.
struct Inspector {
  static const Memory& memory(const Region& region) { return region.memory_; }
};
}  // namespace shm::segment

namespace crash {

/// Every block is free or reachable or a part of the log, none is two of these. Returns what is wrong; empty: nothing.
std::string audit(const shm::store::Store& store, const Kind& kind);

}  // namespace crash
