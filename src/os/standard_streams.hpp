// The descriptors 0, 1 and 2, which the program is given and does not own: kept from becoming something else,
// written to, and read. For the main thread.
#pragma once
#include "os/buffer.hpp"
#include "os/error.hpp"

namespace shm::os {

/// Puts a descriptor in the place of each one that is closed, or else a store's files would get these numbers, and what
/// is printed, or what a command started later prints, would go into them. Reading and writing the substitute fail as
/// on a closed one (EBADF), and a command that is started finds it closed. For main(), before it opens anything.
void hold_standard_streams() noexcept;

enum class Stream : std::uint8_t { out = 1, error = 2 };

/// Writes all of `text`, in one system call if the kernel takes it whole.
Result<void> write_to(Stream stream, std::string_view text) noexcept;

/// From now on writing to a pipe that nobody reads fails (EPIPE), and does not end the program.
void outlive_readers() noexcept;

/// Reads standard input to its end, after what `bytes` has already. Code::full: there is not enough memory.
Result<void> read_input(Buffer& bytes) noexcept;
/// From now on read_input() fails with `why`: standard input is somebody else's to read.
void refuse_input(const Error& why) noexcept;

/// Whether there is something to be read that somebody has prepared: standard input is open, and no terminal.
bool input_is_given() noexcept;
/// From now on standard input is `bytes`, here and for commands that are started. Code::full.
Result<void> give_input(std::span<const std::byte> bytes) noexcept;

/// How wide the terminal is that `stream` is, if this program may write there as it likes: 0 if it is no terminal, or
/// another program is in the foreground there.
unsigned terminal_width(Stream stream) noexcept;

}  // namespace shm::os
