// The kernel's errors in words: those of the C library's strerrordesc_np(), never translated, which a program without a
// C library has not. Pure.
#pragma once

namespace shm::os {

/// "No such file or directory" for ENOENT; null for a number that is no error. `err`: a positive errno, or 0.
const char* errno_text(int err) noexcept;

}  // namespace shm::os
