// What an error is to who called: its one line of text, and the exit status that it means (shmctl(7)). Fixed storage,
// no exceptions, no library: for every program. Pure but for complain_of(). Any thread.
#pragma once
#include "os/error.hpp"
#include "os/text.hpp"

namespace shm::cli {

inline constexpr int exit_usage = 2;
inline constexpr int exit_corrupt = 4;

/// The exit status that a code means.
int status_of(os::Code code) noexcept;

/// Whether the code is an answer that a quiet call is not told in words: "no", or "busy".
bool is_answer(os::Code code) noexcept;

/// Longer than any literal of the program with an object's name in it.
using Message = os::Text<1024>;

/// "WHAT 'OBJECT': WHY (ADVICE)", without the program's name and newline.
Message message_text(const os::Error& error) noexcept;

/// Writes "shmctl: LINE\n" to stderr in one piece, as printable.hpp shows it.
void complain_of(const Message& line) noexcept;

}  // namespace shm::cli
