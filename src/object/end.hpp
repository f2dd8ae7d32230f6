// The two ends of what has an order. Pure.
#pragma once
#include <cstdint>

namespace shm::object {

enum class End : std::uint8_t { front, back };

}  // namespace shm::object
