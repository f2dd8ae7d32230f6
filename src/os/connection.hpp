// A connection that somebody else has accepted for this program, on standard input and output: what comes, and what
// goes, until a moment. Whoever is at the other end may be slow, silent or gone. For the main thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include "os/error.hpp"

namespace shm::os {

/// Waits until there is something, and reads what there is, up to the size of `into`; 0 at its end. Code::timed_out:
/// `deadline_ns` of the monotonic clock has passed.
Result<std::size_t> receive(std::span<std::byte> into, std::int64_t deadline_ns) noexcept;

/// Sends all of it. Code::timed_out likewise. That nobody takes it is an error and no signal.
Result<void> send(std::string_view text, std::int64_t deadline_ns) noexcept;

/// Tells the other end that nothing more comes, and waits until it has closed its own, throwing away what it still
/// sends (at most `most` bytes): a connection that is closed over unread bytes loses what was sent last.
void finish_connection(std::size_t most, std::int64_t deadline_ns) noexcept;

}  // namespace shm::os
