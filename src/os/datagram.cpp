#include "os/datagram.hpp"
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <cstddef>
#include <cstring>

namespace shm::os {

namespace {
constexpr std::size_t most_files = 253;  // the kernel's limit for one message
constexpr std::size_t path_at = offsetof(sockaddr_un, sun_path);

Result<Fd> new_socket() noexcept {
  const long made = sys::call(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  return made >= 0 ? Result<Fd>(Fd(static_cast<int>(made))) : std::unexpected(fail_errno(-made, "make", "a socket"));
}

// All that the kernel has put beside a message. Every descriptor of it is owned from here on.
void take_control(msghdr& message, Datagram& datagram) noexcept {
  for (cmsghdr* head = CMSG_FIRSTHDR(&message); head != nullptr; head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET) {
      continue;
    }
    if (head->cmsg_type == SCM_RIGHTS) {
      const std::size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
      for (std::size_t i = 0; i < count; ++i) {
        int file = -1;
        std::memcpy(&file, CMSG_DATA(head) + i * sizeof file, sizeof file);
        datagram.files.emplace_back(file);
      }
    } else if (head->cmsg_type == SCM_CREDENTIALS) {
      ucred sender{};
      std::memcpy(&sender, CMSG_DATA(head), sizeof sender);
      datagram.pid = sender.pid;
      datagram.uid = sender.uid;
    }
  }
}
}  // namespace

Result<Fd> receive_anywhere() noexcept {
  auto socket = new_socket();
  if (!socket) {
    return socket;
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (const long done = sys::call(SYS_bind, socket->get(), &address, path_at); done < 0) {
    return std::unexpected(fail_errno(-done, "make", "a socket"));
  }
  return socket;
}

SocketAddress address_of_receiver(const Fd& receiver) noexcept {
  sockaddr_un address{};
  unsigned size = sizeof address;
  SocketAddress text;
  if (sys::call(SYS_getsockname, receiver.get(), &address, &size) == 0 && size > path_at + 1) {
    const bool has_file = address.sun_path[0] != '\0';
    text.add(has_file ? "" : "@");
    text.add(has_file ? std::string_view(&address.sun_path[0])
                      : std::string_view(&address.sun_path[1], size - path_at - 1));
  }
  return text;
}

Result<void> ask_for_senders(const Fd& receiver) noexcept {
  const int yes = 1;
  const long done = sys::call(SYS_setsockopt, receiver.get(), SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes);
  return done == 0 ? Result<void>() : std::unexpected(fail_errno(-done, "read from", "a socket"));
}

Result<Fd> connect_to_receiver(std::string_view address) noexcept {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  const bool has_file = address.starts_with('/');
  if (address.size() < 2 || (!has_file && !address.starts_with('@')) ||
      address.size() + (has_file ? 1 : 0) > sizeof to.sun_path) {
    return std::unexpected(fail(Code::usage, "send to", address, "this is no address of a local socket"));
  }
  std::memcpy(&to.sun_path[0], address.data(), address.size());
  if (!has_file) {
    to.sun_path[0] = '\0';
  }
  auto socket = new_socket();
  if (!socket) {
    return socket;
  }
  const std::size_t size = path_at + address.size() + (has_file ? 1 : 0);
  if (const long done = sys::retry(SYS_connect, socket->get(), &to, size); done < 0) {
    return std::unexpected(fail_errno(-done, "send to", address));
  }
  return socket;
}

bool has_room(const Fd& sender) noexcept {
  pollfd asked{sender.get(), POLLOUT, 0};
  timespec none{};
  return sys::retry(SYS_ppoll, &asked, 1, &none, 0, sizeof(std::uint64_t)) != 0;
}

Result<Datagram> receive_datagram(const Fd& receiver, std::span<char> room) noexcept {
  iovec part{room.data(), room.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * most_files) + CMSG_SPACE(sizeof(ucred))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = &control[0];
  message.msg_controllen = sizeof control;
  const long got = sys::retry(SYS_recvmsg, receiver.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (got == -EAGAIN) {
    return std::unexpected(fail(Code::empty, "read from", "a socket", "nothing has come"));
  }
  if (got < 0) {
    return std::unexpected(fail_errno(-got, "read from", "a socket"));
  }
  Datagram datagram;
  datagram.size = static_cast<std::size_t>(got);
  datagram.cut = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
  take_control(message, datagram);
  return datagram;
}

}  // namespace shm::os
