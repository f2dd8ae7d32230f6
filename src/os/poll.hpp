// Waiting for descriptors until a moment. Any thread.
#pragma once
#include <poll.h>
#include <cstdint>
#include <span>
#include "os/fd.hpp"
#include "os/signals.hpp"

namespace shm::os {

/// Waits until one of `list` is ready, or `deadline_ns` of the monotonic clock (-1: none) has passed, or a handled
/// signal came; fills in what is ready.
void poll_until(std::span<pollfd> list, std::int64_t deadline_ns) noexcept;

/// A descriptor that is readable when one of `signals` (all blocked) has come. Taking it is next_signal()'s business.
/// An empty one where there can be none: who polls then sees no signal before something else happens.
Fd open_signals(SignalSet signals) noexcept;

}  // namespace shm::os
