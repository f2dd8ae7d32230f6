// A file in memory that has no name: bytes that a command is to read, as many as there are, and then their end.
// Any thread.
#pragma once
#include <cstddef>
#include <span>
#include "os/error.hpp"
#include "os/fd.hpp"

namespace shm::os {

/// With that content for good, to be read from its beginning. Code::full: no memory, no descriptors.
Result<Fd> memory_file(std::span<const std::byte> content) noexcept;

}  // namespace shm::os
