// Datagrams that tests send and receive by the bare system calls, with descriptors.
#pragma once
#include <sys/socket.h>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>
#include "os/fd.hpp"

namespace test {

inline bool send_datagram(const shm::os::Fd& socket, std::string_view text, const std::vector<int>& files = {}) {
  iovec part{const_cast<char*>(text.data()), text.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  std::vector<char> control(CMSG_SPACE(sizeof(int) * files.size()));
  if (!files.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int) * files.size());
    std::memcpy(CMSG_DATA(head), files.data(), sizeof(int) * files.size());
  }
  return ::sendmsg(socket.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

/// The datagram that is there, and the descriptor that came with it, if one did. False: there is none.
inline bool receive_datagram(const shm::os::Fd& socket, std::string& bytes, shm::os::Fd& file) {
  bytes.assign(1U << 20U, '\0');
  iovec part{bytes.data(), bytes.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = &control[0];
  message.msg_controllen = sizeof control;
  const auto size = ::recvmsg(socket.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  if (const cmsghdr* const head = size < 0 ? nullptr : CMSG_FIRSTHDR(&message)) {
    int number = -1;
    std::memcpy(&number, CMSG_DATA(head), sizeof number);
    file = shm::os::Fd(number);
  }
  return size >= 0;
}

}  // namespace test
