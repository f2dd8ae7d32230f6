#include "os/own_program.hpp"
#include <fcntl.h>
#include "os/process.hpp"
#include "os/sys.hpp"

namespace shm::os {

Result<Path> own_program() noexcept {
  char target[4096];
  const long size = sys::call(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", &target[0], sizeof target);
  if (size < 0) {
    return std::unexpected(fail_errno(static_cast<int>(-size), "find", "the program's own file"));
  }
  Path path(std::string_view(&target[0], static_cast<std::size_t>(size)));
  if (static_cast<std::size_t>(size) == sizeof target || path.cut() || path.view().ends_with(" (deleted)")) {
    return std::unexpected(fail(Code::absent, "find", "the program's own file", "it was removed"));
  }
  return path;
}

Error become_program(const char* path, const char* const* words) noexcept {
  const long result = sys::call(SYS_execve, path, words, ::environ);
  return fail_errno(static_cast<int>(-result), "run", path);
}

bool is_own_pid(std::string_view text) noexcept {
  return text == Text<21>().add_decimal(static_cast<std::uint64_t>(own_pid())).view();
}

}  // namespace shm::os
