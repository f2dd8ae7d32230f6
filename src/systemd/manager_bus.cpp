#include "systemd/manager_bus.hpp"
#include <unistd.h>
#include <cstdlib>
#include <list>
#include <vector>
#include "systemd/escape.hpp"

namespace shm::systemd {

namespace {
constexpr const char* no_manager = "no service manager answers";

struct Address {
  std::string text;
  bool direct;
};

// A path in an address.
std::string escaped_path(std::string_view path) { return escaped(path, "-_/.", "%"); }

// The bus first, which is the documented way. Where none runs, as on a small server (of users: without the package
// dbus-user-session), the manager still listens on the socket that systemctl talks to.
void add_both(std::vector<Address>& list, const std::string& bus, const std::string& directory) {
  list.push_back({bus, false});
  list.push_back({"unix:path=" + escaped_path(directory) + "/systemd/private", true});
}

// Of the environment only what may be better than the usual: cron sets nothing of it, su may leave another user's.
std::vector<Address> addresses() {
  std::vector<Address> list;
  if (::geteuid() == 0) {
    if (const char* const said = std::getenv("DBUS_SYSTEM_BUS_ADDRESS")) {
      return {{said, false}};
    }
    add_both(list, "unix:path=/run/dbus/system_bus_socket", "/run");
    return list;
  }
  if (const char* const said = std::getenv("XDG_RUNTIME_DIR")) {
    add_both(list, "unix:path=" + escaped_path(said) + "/bus", said);
  }
  const std::string usual = "/run/user/" + std::to_string(::geteuid());
  add_both(list, "unix:path=" + usual + "/bus", usual);
  return list;
}
}  // namespace

const char* lasting(std::string text) {
  static std::list<std::string> kept;
  return kept.emplace_back(std::move(text)).c_str();
}

os::Error refusal(const char* attempt, std::string_view object, const sd_bus_error& error, int result) {
  if (error.message == nullptr) {
    return os::fail_errno(-result, attempt, object);
  }
  const auto code = sd_bus_error_has_name(&error, SD_BUS_ERROR_ACCESS_DENIED) != 0     ? os::Code::denied
                    : sd_bus_error_has_name(&error, SD_BUS_ERROR_LIMITS_EXCEEDED) != 0 ? os::Code::full
                                                                                       : os::Code::system;
  return os::fail(code, attempt, object, lasting(std::string("the service manager says: ") + error.message));
}

os::Result<ManagerBus> ManagerBus::open_at(const std::string& address, bool direct) {
  sd_bus* bus = nullptr;
  int result = sd_bus_new(&bus);
  ManagerBus made(bus);
  if (result >= 0) {
    result = sd_bus_set_address(bus, address.c_str());
  }
  if (result >= 0 && !direct) {
    result = sd_bus_set_bus_client(bus, 1);
  }
  if (result >= 0) {
    result = sd_bus_start(bus);
  }
  if (result < 0) {
    return std::unexpected(os::fail_errno(-result, "reach the service manager", address));
  }
  if (!made.answers()) {
    return std::unexpected(os::fail(os::Code::absent, "reach the service manager", address, no_manager));
  }
  return made;
}

// A bus may be there and no manager on it, as in a container or in a session of another kind.
bool ManagerBus::answers() const noexcept {
  sd_bus_message* call = nullptr;
  sd_bus_message* reply = nullptr;
  int result =
      sd_bus_message_new_method_call(bus_, &call, manager_name, manager_path, "org.freedesktop.DBus.Peer", "Ping");
  if (result >= 0) {
    result = sd_bus_message_set_auto_start(call, 0);
  }
  if (result >= 0) {
    result = sd_bus_call(bus_, call, 0, nullptr, &reply);
  }
  sd_bus_message_unref(call);
  sd_bus_message_unref(reply);
  return result >= 0;
}

os::Result<ManagerBus> ManagerBus::open() {
  for (const auto& address : addresses()) {
    if (auto bus = open_at(address.text, address.direct)) {
      return bus;
    }
  }
  const bool root = ::geteuid() == 0;
  return std::unexpected(
      os::fail(os::Code::system, "reach the service manager", root ? "system" : "user", no_manager,
               root ? "a scope needs systemd; without --scope the command runs where it is"
                    : "a scope needs one of this user: log in, or let root say loginctl enable-linger USER"));
}

}  // namespace shm::systemd
