// SHMCTL_TRACE=1: each system call of the program is told on standard error before it is made, a line a call, and their
// number at the end. For the programs' own start, before anything else; no other layer knows of it. Nothing is
// allocated, the calls that tell are not counted, and what they cost in page faults is taken off.
// Any thread may make calls meanwhile; a command's process that still uses this one's memory too.
#pragma once
#include <cstdint>
#include <string_view>

namespace shm::trace {

/// Whether that entry of an environment may ask for a trace; begin() looks closer.
inline bool may_ask(const char* entry) noexcept {
  return *entry == 'S' && std::string_view(entry).starts_with("SHMCTL_TRACE=");
}

/// `words` are the program's own as the kernel put them on the stack: the environment stands behind them, and what the
/// kernel says of the process behind that. Where the environment asks for a trace, it does so no more, so that the
/// commands that run don't trace; only a program that gets the same `words` is told to go on.
/// `allocations` says how often memory was taken; null: nobody counts.
void begin(char** words, std::uint64_t (*allocations)() noexcept) noexcept;
/// The end, which is a system call too, and the numbers. Not needed where a traced system call ends the program.
void end() noexcept;

/// From its beginning to its end, for a program whose end a C library makes.
class Trace {
 public:
  explicit Trace(char** words) noexcept { begin(words, nullptr); }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;
  ~Trace() { end(); }
};

}  // namespace shm::trace
