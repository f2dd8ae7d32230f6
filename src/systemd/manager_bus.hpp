// The bus on which a service manager answers: the system's for root, the user's own for everybody else.
// Single-threaded.
#pragma once
#include <systemd/sd-bus.h>
#include <string>
#include "os/error.hpp"

namespace shm::systemd {

/// A connection; closed with this. Its descriptor is close-on-exec.
class ManagerBus {
 public:
  /// Code::absent where no manager answers.
  static os::Result<ManagerBus> open();
  /// By an address as the bus's specification has it. `direct`: the manager itself listens there, not a bus.
  static os::Result<ManagerBus> open_at(const std::string& address, bool direct);

  ManagerBus(ManagerBus&& other) noexcept : bus_(other.bus_) { other.bus_ = nullptr; }
  ManagerBus& operator=(ManagerBus&&) = delete;
  ManagerBus(const ManagerBus&) = delete;
  ManagerBus& operator=(const ManagerBus&) = delete;
  ~ManagerBus() { sd_bus_flush_close_unref(bus_); }

  [[nodiscard]] sd_bus* get() const noexcept { return bus_; }

 private:
  explicit ManagerBus(sd_bus* bus) noexcept : bus_(bus) {}
  [[nodiscard]] bool answers() const noexcept;

  sd_bus* bus_;
};

/// Where the manager is on the bus.
inline constexpr const char* manager_name = "org.freedesktop.systemd1";
inline constexpr const char* manager_path = "/org/freedesktop/systemd1";
inline constexpr const char* manager_interface = "org.freedesktop.systemd1.Manager";

/// A text that lasts as long as the program: the reason of the error that ends it.
const char* lasting(std::string text);

/// The error of a call that the manager refused, in its words.
os::Error refusal(const char* attempt, std::string_view object, const sd_bus_error& error, int result);

}  // namespace shm::systemd
