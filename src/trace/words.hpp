// What a system call is for, in words: "openat2 hits: open the object". For the lines of a trace alone.
#pragma once
#include "os/text.hpp"
#include "trace/things.hpp"

namespace shm::trace {

using Line = os::Text<400>;

/// What a system call's argument points to.
template <class T>
T* pointer(long argument) noexcept {
  return reinterpret_cast<T*>(argument);  // NOLINT(performance-no-int-to-ptr): registers have no types
}

/// Adds the call's name, what it is about and its purpose. `words` are its number and its six arguments.
void describe(Line& line, const long* words, const Descriptors& descriptors) noexcept;
/// What is to be remembered of descriptors when the call was answered by `answer`.
void remember(Descriptors& descriptors, const long* words, long answer) noexcept;

}  // namespace shm::trace
