#include "os/input.hpp"
#include <fcntl.h>
#include <poll.h>
#include "os/text.hpp"

namespace shm::os {

Result<Input> Input::open(std::string_view path) noexcept {
  const Path named(path);
  if (named.cut()) {
    return std::unexpected(fail_errno(ENAMETOOLONG, "read", path));
  }
  const long opened = sys::retry(SYS_openat, AT_FDCWD, named.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
  if (opened < 0) {
    return std::unexpected(fail_errno(-opened, "read", path));
  }
  const int number = static_cast<int>(opened);
  return Input(number, Fd(number));
}

Result<std::size_t> Input::read(std::span<std::byte> into) noexcept {
  for (;;) {
    const long got = sys::retry(SYS_read, number_, into.data(), into.size());
    if (got >= 0) {
      return static_cast<std::size_t>(got);
    }
    if (got != -EAGAIN) {
      return std::unexpected(fail_errno(-got, "read", number_ == 0 ? "standard input" : "the commands"));
    }
    pollfd look{number_, POLLIN, 0};  // whoever gave it to us does not let it wait by itself
    sys::retry(SYS_poll, &look, 1, -1);
  }
}

bool Input::ready() const noexcept {
  pollfd look{number_, POLLIN, 0};
  return sys::retry(SYS_poll, &look, 1, 0) > 0;
}

}  // namespace shm::os
