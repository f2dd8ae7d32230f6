#include "os/connection.hpp"
#include <sys/socket.h>
#include <algorithm>
#include "os/clock.hpp"
#include "os/poll.hpp"
#include "os/standard_streams.hpp"
#include "os/sys.hpp"

namespace shm::os {

namespace {
constexpr int in = 0;
constexpr int out = 1;
constexpr std::size_t piece = 4096;  // a pipe that poll(2) calls ready takes as much without waiting

/// False: it has come to the deadline.
bool ready(int number, short what, std::int64_t deadline_ns) noexcept {
  do {
    pollfd look{number, what, 0};
    poll_until({&look, 1}, deadline_ns);
    if (look.revents != 0) {
      return true;
    }
  } while (monotonic_ns() < deadline_ns);
  return false;
}

// Neither waits for a socket; what is no socket does not wait once poll(2) calls it ready.
long read_some(std::span<std::byte> into) noexcept {
  const long got = sys::retry(SYS_recvfrom, in, into.data(), into.size(), MSG_DONTWAIT, 0, 0);
  return got == -ENOTSOCK ? sys::retry(SYS_read, in, into.data(), into.size()) : got;
}

long write_some(std::string_view text) noexcept {
  const long sent = sys::retry(SYS_sendto, out, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL, 0, 0);
  return sent == -ENOTSOCK ? sys::retry(SYS_write, out, text.data(), std::min(text.size(), piece)) : sent;
}

Error late(const char* attempt) noexcept {
  return fail(Code::timed_out, attempt, "connection", "the other end is too slow");
}
}  // namespace

Result<std::size_t> receive(std::span<std::byte> into, std::int64_t deadline_ns) noexcept {
  constexpr const char* attempt = "read from";
  while (ready(in, POLLIN, deadline_ns)) {
    const long got = read_some(into);
    if (got >= 0) {
      return static_cast<std::size_t>(got);
    }
    if (got != -EAGAIN) {
      return std::unexpected(fail_errno(-got, attempt, "connection"));
    }
  }
  return std::unexpected(late(attempt));
}

Result<void> send(std::string_view text, std::int64_t deadline_ns) noexcept {
  constexpr const char* attempt = "write to";
  outlive_readers();
  while (!text.empty()) {
    if (!ready(out, POLLOUT, deadline_ns)) {
      return std::unexpected(late(attempt));
    }
    const long sent = write_some(text);
    if (sent < 0 && sent != -EAGAIN) {
      return std::unexpected(fail_errno(-sent, attempt, "connection"));
    }
    text.remove_prefix(static_cast<std::size_t>(std::max(sent, 0L)));
  }
  return {};
}

void finish_connection(std::size_t most, std::int64_t deadline_ns) noexcept {
  if (sys::call(SYS_shutdown, out, SHUT_WR) < 0) {
    return;  // no socket, or it is gone: nothing is lost by closing it
  }
  std::byte room[piece];
  while (most > 0) {
    const auto got = receive({room, std::min(most, piece)}, deadline_ns);
    if (!got || *got == 0) {
      return;
    }
    most -= *got;
  }
}

}  // namespace shm::os
