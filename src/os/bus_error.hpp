// The net under a mapped file that somebody cuts while it is in use (who may write a file may truncate it): instead of
// a death by SIGBUS the program says one line and ends with the exit status of a corrupt object.
// For the main thread of a program that owns its process; a library linked into others must not install it.
#pragma once
#include <cstddef>

namespace shm::os {

/// From now on, SIGBUS writes "shmctl: use 'OBJECT': ..." to stderr and ends the process with `status`. OBJECT is the
/// one named last. Async-signal-safe throughout; it costs one system call, the first time.
void end_on_bus_error(const char* object, int status) noexcept;

}  // namespace shm::os
