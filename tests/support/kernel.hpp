// A kernel that lacks something, for the rest of a child process's life.
#pragma once
#include <cstdint>

namespace test {

/// From now on system call `number` fails with `error`; false where filters can't be had.
bool deny_call(long number, int error);
/// The same only if argument `index` (from 0) has one of the bits in `mask`.
bool deny_call_if(long number, unsigned index, std::uint32_t mask, int error);
/// How many descriptors may be open from now on.
bool limit_descriptors(unsigned count);

}  // namespace test
