// A descriptor on its way through a socket (SCM_RIGHTS), for the files here that send messages. One thread.
#pragma once
#include <sys/socket.h>
#include <cstring>

namespace shm::os {

/// What `message` says of the descriptor `file`, which goes along with it; both must live until it is sent.
class SentFile {
 public:
  SentFile(msghdr& message, int file) noexcept {
    message.msg_control = &control_[0];
    message.msg_controllen = sizeof control_;
    cmsghdr* const head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof file);
    std::memcpy(CMSG_DATA(head), &file, sizeof file);
  }
  SentFile(const SentFile&) = delete;
  SentFile& operator=(const SentFile&) = delete;
  ~SentFile() = default;

 private:
  alignas(cmsghdr) char control_[CMSG_SPACE(sizeof(int))] = {};
};

}  // namespace shm::os
