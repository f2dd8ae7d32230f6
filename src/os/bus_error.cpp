#include "os/bus_error.hpp"
#include <csignal>
#include <string_view>
#include "os/sys.hpp"

namespace shm::os {

namespace {
char object_name[256];
int exit_status;
bool installed;

void say(std::string_view text) noexcept { sys::call(SYS_write, 2, text.data(), text.size()); }

void on_bus_error(int) noexcept {
  say("shmctl: use ");
  say(object_name);
  say(": the file was cut short while in use; remove it with 'shmctl rm'\n");
  sys::call(SYS_exit_group, exit_status);
}
}  // namespace

void end_on_bus_error(const char* object, int status) noexcept {
  std::size_t i = 0;
  for (; object[i] != '\0' && i + 1 < sizeof object_name; ++i) {
    object_name[i] = object[i];
  }
  object_name[i] = '\0';
  exit_status = status;
  if (!installed) {
    struct sigaction action{};
    action.sa_handler = on_bus_error;
    installed = ::sigaction(SIGBUS, &action, nullptr) == 0;
  }
}

}  // namespace shm::os
