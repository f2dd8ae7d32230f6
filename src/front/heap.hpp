// The front door's own memory of variable size: what operator new and malloc give there. Most calls need none. Blocks
// are of powers of two, each with its class in front of it; what is given back goes onto the list of its class, so that
// a supervisor that lives for long does not grow. Larger ones are the kernel's own mappings. The first few kilobytes
// are part of the program, untouched until they are needed. One thread.
#pragma once
#include <cstddef>
#include <cstdint>

namespace shm::front {

/// How often memory was asked for so far.
std::uint64_t allocations() noexcept;

/// Aligned to 16 bytes; null where there is no more.
void* allocate(std::size_t size) noexcept;
/// `block`: from here, not given back yet; or null.
void give_back(void* block) noexcept;
/// With the same content as far as it fits. Null: there is no more, and `block` is as it was.
void* resize(void* block, std::size_t size) noexcept;

}  // namespace shm::front
