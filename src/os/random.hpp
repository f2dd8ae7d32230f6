// Random ids. Any thread may call it.
#pragma once
#include "os/error.hpp"

namespace shm::os {

/// 64 random bits from the kernel, never 0, so that 0 can mean "none".
Result<std::uint64_t> random_id() noexcept;

}  // namespace shm::os
