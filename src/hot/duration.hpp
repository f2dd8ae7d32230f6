// A time as users write it, without fractions: 500ms, 30s, 5m, 2h, 1d, or plain seconds. What cli/duration.hpp reads
// too, it takes for the same; for the rest there is the long way. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace shm::hot {

/// Nanoseconds; nothing for what is to be read, or refused, elsewhere.
std::optional<std::int64_t> duration_in(std::string_view text) noexcept;

/// How long to wait: a duration, or `forever`, which is -1.
std::optional<std::int64_t> patience_in(std::string_view text) noexcept;

/// Until when `said` says to wait, by the monotonic clock: 0: not at all, as if nothing is said; -1: without end.
std::optional<std::int64_t> deadline_in(std::optional<std::string_view> said) noexcept;

/// A whole number, all of `text`; nothing if it is none of that type.
std::optional<std::int64_t> whole_number_in(std::string_view text) noexcept;

}  // namespace shm::hot
