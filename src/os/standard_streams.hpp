// Keeps the descriptors 0, 1 and 2 from becoming a store's files in a program that was started without them: what is
// printed, or what a command started later prints, would go into those files. For main(), before it opens anything.
#pragma once

namespace shm::os {

/// Puts a descriptor in the place of each one that is closed. Reading and writing it fail as on a closed one (EBADF),
/// and a command that is started finds it closed.
void hold_standard_streams() noexcept;

}  // namespace shm::os
