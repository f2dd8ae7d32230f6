// A service manager for tests: a socket of its own, by NOTIFY_SOCKET.
#pragma once
#include <cstdlib>
#include <optional>
#include <string>
#include "catch.hpp"
#include "os/datagram.hpp"

namespace test {

struct Message {
  std::string text;
  int pid = 0;
  std::vector<shm::os::Fd> files;
};

class ServiceManager {
 public:
  ServiceManager() {
    auto socket = shm::os::receive_anywhere();
    REQUIRE(socket);
    socket_ = std::move(*socket);
    REQUIRE(shm::os::ask_for_senders(socket_));
    address_ = std::string(shm::os::address_of_receiver(socket_).view());
    ::setenv("NOTIFY_SOCKET", address_.c_str(), 1);
  }
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;
  ~ServiceManager() { ::unsetenv("NOTIFY_SOCKET"); }

  [[nodiscard]] const std::string& address() const { return address_; }

  /// The next message that has come.
  std::optional<Message> next() {
    char room[8192];
    auto datagram = shm::os::receive_datagram(socket_, room);
    if (!datagram) {
      CHECK(datagram.error().code == shm::os::Code::empty);
      return {};
    }
    return Message{std::string(&room[0], datagram->size), datagram->pid, std::move(datagram->files)};
  }
  std::string next_text() {
    const auto message = next();
    return message ? message->text : "(nothing)";
  }
  void goes() { socket_.reset(); }

 private:
  shm::os::Fd socket_;
  std::string address_;
};

}  // namespace test
