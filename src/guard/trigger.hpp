// What a run was started by, as its record tells: a word that the caller says, or the name of the process that called.
// Any thread.
#pragma once
#include <string_view>
#include "os/text.hpp"

namespace shm::guard {

inline constexpr std::size_t trigger_bytes = 32;  ///< what is longer is cut
using Trigger = os::Text<trigger_bytes + 1>;

/// `said`, or the name of this process's parent where that is empty.
Trigger trigger_of(std::string_view said) noexcept;

}  // namespace shm::guard
