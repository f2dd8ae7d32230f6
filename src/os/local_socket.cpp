#include "os/local_socket.hpp"
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <cstring>
#include <optional>
#include "os/sent_file.hpp"

namespace shm::os {

namespace {
constexpr int backlog = 128;

struct Address {
  sockaddr_un bytes{};
  unsigned size = 0;
};

// By way of a descriptor, so that it always fits.
Result<Address> address_of(const Fd& file, std::string_view name) noexcept {
  Text<sizeof(sockaddr_un::sun_path)> path("/proc/self/fd/");
  path.add_decimal(static_cast<std::uint64_t>(file.get()));
  if (!name.empty()) {
    path.add("/").add(name);
  }
  if (path.cut()) {
    return std::unexpected(fail_errno(ENAMETOOLONG, "listen at", name));
  }
  Address address;
  address.bytes.sun_family = AF_UNIX;
  std::memcpy(&address.bytes.sun_path[0], path.c_str(), path.view().size() + 1);
  address.size = static_cast<unsigned>(offsetof(sockaddr_un, sun_path) + path.view().size() + 1);
  return address;
}

Result<Fd> new_socket(int type = SOCK_SEQPACKET) noexcept {
  const long made = sys::call(SYS_socket, AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (made < 0) {
    return std::unexpected(fail_errno(-made, "make", "a socket"));
  }
  return Fd(static_cast<int>(made));
}

Result<Fd> bind_at(const Fd& dir, std::string_view name, std::uint32_t mode, int type) noexcept {
  auto socket = new_socket(type);
  const auto address = address_of(dir, name);
  if (!socket || !address) {
    return socket ? std::unexpected(address.error()) : std::move(socket);
  }
  // The file is born with the socket's own mode: there is no moment at which it has another.
  long done = sys::retry(SYS_fchmod, socket->get(), mode);
  if (done == 0) {
    const long mask = sys::call(SYS_umask, 0);
    done = sys::call(SYS_bind, socket->get(), &address->bytes, address->size);
    sys::call(SYS_umask, mask);
  }
  if (done == -EADDRINUSE) {
    return std::unexpected(fail_errno(EEXIST, "listen at", name));
  }
  if (done == -ENOENT) {
    return std::unexpected(fail(Code::system, "listen at", name, "/proc is missing", "mount it"));
  }
  if (done < 0) {
    return std::unexpected(fail_errno(-done, "listen at", name));
  }
  return socket;
}
}  // namespace

Result<Fd> listen_at(const Fd& dir, std::string_view name, std::uint32_t mode) noexcept {
  auto socket = bind_at(dir, name, mode, SOCK_SEQPACKET);
  if (!socket) {
    return socket;
  }
  if (const long done = sys::call(SYS_listen, socket->get(), backlog); done < 0) {
    (void)remove_file_at(dir, name);
    return std::unexpected(fail_errno(-done, "listen at", name));
  }
  return socket;
}

Result<Fd> receive_at(const Fd& dir, std::string_view name, std::uint32_t mode) noexcept {
  return bind_at(dir, name, mode, SOCK_DGRAM);
}

bool receives(const Fd& file) noexcept {
  const auto socket = new_socket(SOCK_DGRAM);
  const auto address = address_of(file, {});
  return !socket || !address || sys::retry(SYS_connect, socket->get(), &address->bytes, address->size) != -ECONNREFUSED;
}

Result<Fd> open_socket_at(const Fd& dir, std::string_view name) noexcept {
  const long opened = sys::retry(SYS_openat, dir.get(), FileName(name).c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
  if (opened < 0) {
    return std::unexpected(fail_errno(-opened, "open", name));
  }
  return Fd(static_cast<int>(opened));
}

Result<Fd> connect_to(const Fd& file) noexcept {
  auto socket = new_socket();
  const auto address = address_of(file, {});
  if (!socket || !address) {
    return socket ? std::unexpected(address.error()) : std::move(socket);
  }
  const long done = sys::retry(SYS_connect, socket->get(), &address->bytes, address->size);
  if (done == -EAGAIN) {
    return std::unexpected(fail(Code::busy, "connect to", "a socket", "too many connect to it"));
  }
  if (done == -ECONNREFUSED || done == -ENOENT || done == -EPROTOTYPE) {
    return std::unexpected(fail(Code::absent, "connect to", "a socket", "nobody listens there"));
  }
  if (done < 0) {
    return std::unexpected(fail_errno(-done, "connect to", "a socket"));
  }
  return socket;
}

Result<Caller> accept_caller(const Fd& listener) noexcept {
  const long accepted = sys::retry(SYS_accept4, listener.get(), 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (accepted == -EAGAIN || accepted == -ECONNABORTED) {
    return std::unexpected(fail(Code::empty, "accept", "a caller", "there is none"));
  }
  if (accepted < 0) {
    return std::unexpected(fail_errno(-accepted, "accept", "a caller"));
  }
  Caller caller;
  caller.socket = Fd(static_cast<int>(accepted));
  caller.uid = peer_of(caller.socket).uid;
  return caller;
}

Peer peer_of(const Fd& socket) noexcept {
  ucred credentials{};
  unsigned size = sizeof credentials;
  const long asked = sys::call(SYS_getsockopt, socket.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size);
  return asked == 0 ? Peer{credentials.pid, credentials.uid} : Peer{};
}

Result<bool> send_packet(const Fd& socket, std::span<const std::byte> packet, int file) noexcept {
  iovec part{const_cast<std::byte*>(packet.data()), packet.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  std::optional<SentFile> sent_file;
  if (file >= 0) {
    sent_file.emplace(message, file);
  }
  const long sent = sys::retry(SYS_sendmsg, socket.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent == -EAGAIN) {
    return false;
  }
  if (sent < 0) {
    return std::unexpected(fail_errno(-sent, "write to", "a socket"));
  }
  return true;
}

Result<Packet> receive_packet(const Fd& socket, std::span<std::byte> room, bool wanted) noexcept {
  iovec part{room.data(), room.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  // Without room for a descriptor, none is made: the kernel drops what comes along.
  int file = -1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof file)] = {};
  if (wanted) {
    message.msg_control = &control[0];
    message.msg_controllen = CMSG_LEN(sizeof file);  // without what its alignment would leave for another one
  }
  const long got = sys::retry(SYS_recvmsg, socket.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (got == -EAGAIN) {
    return std::unexpected(fail(Code::empty, "read from", "a socket", "nothing has come"));
  }
  if (got < 0 && got != -ECONNRESET) {
    return std::unexpected(fail_errno(-got, "read from", "a socket"));
  }
  Packet packet;
  packet.size = got > 0 ? static_cast<std::size_t>(got) : 0;
  packet.cut = (message.msg_flags & MSG_TRUNC) != 0;
  const cmsghdr* const head = wanted ? CMSG_FIRSTHDR(&message) : nullptr;  // there is room for one alone
  if (head != nullptr && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS) {
    std::memcpy(&file, CMSG_DATA(head), sizeof file);
    packet.file = Fd(file);
  }
  return packet;
}

}  // namespace shm::os
