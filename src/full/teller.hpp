// What is to be said to the service manager, in order, without ever waiting for it: while it does not read, messages
// are kept here. Single-threaded.
#pragma once
#include <deque>
#include <string>
#include <vector>
#include "systemd/notify.hpp"

namespace shm::full {

class Teller {
 public:
  explicit Teller(systemd::ManagerSocket socket) noexcept : socket_(std::move(socket)) {}

  /// A message that comes when very many are kept is lost.
  void say(std::string message, std::vector<os::Fd> files = {});
  /// Says what is kept, as far as the manager takes it.
  void go_on();
  [[nodiscard]] bool all_said() const noexcept { return kept_.empty(); }
  [[nodiscard]] const systemd::ManagerSocket& socket() const noexcept { return socket_; }

 private:
  struct Message {
    std::string text;
    std::vector<os::Fd> files;
  };
  [[nodiscard]] bool tell(const Message& message) const;

  systemd::ManagerSocket socket_;
  std::deque<Message> kept_;
};

/// "STATUS=..." of one line, whatever the text has in it.
std::string status_line(std::string_view text);

}  // namespace shm::full
