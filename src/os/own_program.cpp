#include "os/own_program.hpp"
#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>
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

Result<Path> called_program() noexcept {
  auto own = own_program();
  if (const auto behind = own ? own->view().find("/libexec/shmctl/") : std::string_view::npos;
      behind != std::string_view::npos) {
    const auto called = Path(own->view().substr(0, behind)).add("/bin/shmctl");
    // In a build tree it is elsewhere; there this one stands for all.
    if (sys::call(SYS_faccessat, AT_FDCWD, called.c_str(), X_OK) == 0) {
      return called;
    }
  }
  return own;
}

bool has_rights_of_its_own() noexcept { return ::getauxval(AT_SECURE) != 0; }

Error become_program(const char* path, const char* const* words) noexcept {
  const long result = sys::call(SYS_execve, path, words, ::environ);
  return fail_errno(static_cast<int>(-result), "run", path);
}

bool is_own_pid(std::string_view text) noexcept {
  return text == Text<21>().add_decimal(static_cast<std::uint64_t>(own_pid())).view();
}

}  // namespace shm::os
