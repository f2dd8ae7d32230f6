// The file of the program that this process runs, and becoming another program. Any thread may ask; only the main
// thread of a single-threaded program becomes another one.
#pragma once
#include <string_view>
#include "os/error.hpp"
#include "os/text.hpp"

namespace shm::os {

/// The file's path, without links; read from /proc. Code::absent where that does not tell, as after its removal.
Result<Path> own_program() noexcept;

/// The same of the program that users call, which may be in front of this one (src/front): what others are to start.
Result<Path> called_program() noexcept;

/// Whether the kernel gave this process rights that its caller has not, as to a set-user-ID program.
bool has_rights_of_its_own() noexcept;

/// This process becomes the program in file `path`, with `words` (the first is its name; null at the end) and the
/// environment as it is. Comes back only if that can't be, with why.
Error become_program(const char* path, const char* const* words) noexcept;

/// Whether that is this process's pid, in decimal: so an environment says which process it means.
bool is_own_pid(std::string_view text) noexcept;

}  // namespace shm::os
