// The front door's own memory of variable size: what operator new and malloc give. Most calls need none. One thread.
#pragma once
#include <cstdint>

namespace shm::front {

/// How often memory was asked for so far.
std::uint64_t allocations() noexcept;

}  // namespace shm::front
