#include "os/standard_streams.hpp"
#include <fcntl.h>
#include <sys/ioctl.h>
#include <new>
#include "os/memory_file.hpp"
#include "os/signals.hpp"
#include "os/sys.hpp"

namespace shm::os {

void hold_standard_streams() noexcept {
  for (int stream = 0; stream < 3; ++stream) {
    if (sys::call(SYS_fcntl, stream, F_GETFD) == -EBADF) {
      // The lowest free number is this one. "/" is there even where /dev is not.
      sys::call(SYS_openat, AT_FDCWD, "/", O_PATH | O_CLOEXEC, 0);
    }
  }
}

Result<void> write_to(Stream stream, std::string_view text) noexcept {
  while (!text.empty()) {
    const long wrote = sys::retry(SYS_write, static_cast<int>(stream), text.data(), text.size());
    if (wrote < 0) {
      return std::unexpected(
          fail_errno(-wrote, "write to", stream == Stream::out ? "standard output" : "standard error"));
    }
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

void outlive_readers() noexcept { set_signal_ignored(SIGPIPE, true); }

namespace {
// Made when there is one: until then nothing of it is written, not even its page.
union Refusal {
  constexpr Refusal() noexcept : none(0) {}
  char none;
  Error error;
};
constinit Refusal refusal;
bool refused = false;
}  // namespace

void refuse_input(const Error& why) noexcept {
  new (&refusal.error) Error(why);
  refused = true;
}

Result<void> read_input(Buffer& bytes) noexcept {
  if (refused) {
    return std::unexpected(refusal.error);
  }
  constexpr std::uint64_t least = 65536;  // as much as a pipe holds
  for (;;) {
    const std::uint64_t size = bytes.size();
    // A buffer doubles, so that reading takes time in proportion to what is read.
    if (!bytes.reserve(size + least)) {
      return std::unexpected(fail(Code::full, "read", "standard input", "there is not enough memory for all of it"));
    }
    const long got = sys::retry(SYS_read, 0, bytes.data() + size, least);
    if (got < 0) {
      return std::unexpected(fail_errno(-got, "read", "standard input"));
    }
    if (got == 0) {
      return {};
    }
    bytes.grown_to(size + static_cast<std::uint64_t>(got));
  }
}

bool input_is_given() noexcept {
  const long flags = sys::call(SYS_fcntl, 0, F_GETFL);
  if (flags < 0 || (flags & O_PATH) != 0 || (flags & O_ACCMODE) == O_WRONLY) {
    return false;
  }
  winsize size{};
  return sys::call(SYS_ioctl, 0, TIOCGWINSZ, &size) < 0;
}

Result<void> give_input(std::span<const std::byte> bytes) noexcept {
  const auto file = memory_file(bytes);
  if (!file) {
    return std::unexpected(file.error());
  }
  const long given = sys::call(SYS_dup3, file->get(), 0, 0);
  return given < 0 ? Result<void>(std::unexpected(fail_errno(-given, "give", "standard input"))) : Result<void>();
}

unsigned terminal_width(Stream stream) noexcept {
  constexpr unsigned usual = 80;  // of a terminal that does not know
  winsize size{};
  if (sys::call(SYS_ioctl, static_cast<int>(stream), TIOCGWINSZ, &size) < 0) {
    return 0;
  }
  int foreground = 0;
  const long asked = sys::call(SYS_ioctl, static_cast<int>(stream), TIOCGPGRP, &foreground);
  if (asked == 0 && foreground != sys::call(SYS_getpgid, 0)) {
    return 0;
  }
  return size.ws_col != 0 ? size.ws_col : usual;
}

}  // namespace shm::os
