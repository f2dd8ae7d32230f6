#include "os/journal.hpp"
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <charconv>
#include <cstring>
#include <optional>
#include "os/clock.hpp"
#include "os/memory_file.hpp"
#include "os/sent_file.hpp"

namespace shm::os {

namespace {
constexpr const char* attempt = "write to the journal";
constexpr timeval patience{1, 0};
constexpr std::int64_t patience_ns = 1'000'000'000;
constexpr std::int64_t first_nap_ns = 50'000;
constexpr std::int64_t last_nap_ns = 5'000'000;
constexpr std::uint64_t usual_entry = 1024;  // bytes

// One datagram: the entry itself, or the file that holds it.
long send_datagram(const Fd& socket, const sockaddr_un& address, std::span<const std::byte> bytes, int file,
                   unsigned flags) noexcept {
  iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_name = const_cast<sockaddr_un*>(&address);
  message.msg_namelen = sizeof address;
  std::optional<SentFile> sent_file;
  if (file >= 0) {
    sent_file.emplace(message, file);
  } else {
    message.msg_iov = &part;
    message.msg_iovlen = 1;
  }
  return sys::retry(SYS_sendmsg, socket.get(), &message, flags | MSG_NOSIGNAL);
}

// The same, but it waits a moment for a journal that is behind.
long send_patiently(const Fd& socket, const sockaddr_un& address, std::span<const std::byte> bytes, int file) noexcept {
  const long sent = send_datagram(socket, address, bytes, file, MSG_DONTWAIT);
  if (sent != -EAGAIN) {
    return sent;
  }
  sys::call(SYS_setsockopt, socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  return send_datagram(socket, address, bytes, file, 0);
}

// Whoever has read a datagram has dealt with all that came before it. An empty one says nothing, and the journal passes
// over it; when that has been read too, nothing that was sent from this socket is left.
void wait_until_looked_at(const Fd& socket, const sockaddr_un& address) noexcept {
  if (send_patiently(socket, address, {}, -1) < 0) {
    return;
  }
  const std::int64_t until = monotonic_ns() + patience_ns;
  int left = 0;
  for (std::int64_t nap = first_nap_ns; sys::call(SYS_ioctl, socket.get(), SIOCOUTQ, &left) == 0 && left > 0;
       nap = nap < last_nap_ns / 2 ? nap * 2 : last_nap_ns) {
    const std::int64_t now = monotonic_ns();
    if (now >= until) {
      return;
    }
    sleep_until(now + nap);
  }
}

Error failed(long err, const char* socket_path) noexcept {
  switch (err) {
    case ENOENT:
    case ECONNREFUSED: return fail(Code::absent, attempt, socket_path, "nobody listens there");
    case EAGAIN: return fail(Code::timed_out, attempt, socket_path, "it takes no entries");
    case ENOMEM: return fail_errno(err, attempt, socket_path);
    default: return fail_errno(err, attempt, socket_path, "the entry is lost");
  }
}
}  // namespace

bool has_journal() noexcept { return sys::call(SYS_faccessat, AT_FDCWD, journal_socket, F_OK) != -ENOENT; }

JournalEntry& JournalEntry::add(std::string_view name, std::string_view value) noexcept {
  // A value with newlines is told by its size, eight bytes, low ones first.
  const bool by_size = value.find('\n') != std::string_view::npos;
  char size[sizeof(std::uint64_t)];
  for (std::size_t i = 0; i < sizeof size; ++i) {
    size[i] = static_cast<char>(static_cast<std::uint64_t>(value.size()) >> (8 * i) & 0xffU);
  }
  const std::uint64_t most = bytes_.size() + name.size() + value.size() + sizeof size + 2;
  if (!bytes_.reserve(most > usual_entry ? most : usual_entry)) {
    cut_ = true;
    return *this;
  }
  const bool added = bytes_.add(name) && bytes_.add(by_size ? "\n" : "=") &&
                     (!by_size || bytes_.add(std::string_view(&size[0], sizeof size))) && bytes_.add(value) &&
                     bytes_.add("\n");
  cut_ = cut_ || !added;
  return *this;
}

JournalEntry& JournalEntry::add(std::string_view name, std::int64_t number) noexcept {
  char digits[24];
  const auto end = std::to_chars(&digits[0], &digits[sizeof digits], number).ptr;
  return add(name, std::string_view(&digits[0], static_cast<std::size_t>(end - &digits[0])));
}

JournalEntry& JournalEntry::add(std::string_view name, std::uint64_t number) noexcept {
  char digits[24];
  const auto end = std::to_chars(&digits[0], &digits[sizeof digits], number).ptr;
  return add(name, std::string_view(&digits[0], static_cast<std::size_t>(end - &digits[0])));
}

Result<void> JournalEntry::send(Until until, const char* socket_path) const noexcept {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string_view path(socket_path);
  if (path.size() >= sizeof address.sun_path) {
    return std::unexpected(fail_errno(ENAMETOOLONG, attempt, path));
  }
  std::memcpy(&address.sun_path[0], path.data(), path.size());
  if (cut_) {
    return std::unexpected(failed(ENOMEM, socket_path));
  }
  const long made = sys::call(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (made < 0) {
    return std::unexpected(failed(-made, socket_path));
  }
  const Fd socket(static_cast<int>(made));
  long sent = send_patiently(socket, address, bytes_.bytes(), -1);
  if (sent == -EMSGSIZE || sent == -ENOBUFS) {
    const auto file = memory_file(bytes_.bytes());
    if (!file) {
      return std::unexpected(file.error());
    }
    sent = send_patiently(socket, address, {}, file->get());
  }
  if (sent < 0) {
    return std::unexpected(failed(-sent, socket_path));
  }
  if (until == Until::looked_at) {
    wait_until_looked_at(socket, address);
  }
  return {};
}

bool goes_to_journal(Stream stream, std::string_view journal_stream) noexcept {
  if (journal_stream.empty()) {
    return false;
  }
  const char* const end = journal_stream.data() + journal_stream.size();
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  const auto colon = std::from_chars(journal_stream.data(), end, device);
  if (colon.ec != std::errc() || colon.ptr == end || *colon.ptr != ':') {
    return false;
  }
  const auto all = std::from_chars(colon.ptr + 1, end, inode);
  struct stat found{};
  return all.ec == std::errc() && all.ptr == end && sys::call(SYS_fstat, static_cast<int>(stream), &found) == 0 &&
         found.st_dev == device && found.st_ino == inode;
}

}  // namespace shm::os
