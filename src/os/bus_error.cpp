#include "os/bus_error.hpp"
#include <csignal>
#include "os/signals.hpp"
#include "os/sys.hpp"
#include "os/text.hpp"

namespace shm::os {

namespace {
char object_name[256];
int exit_status;
bool installed;

// One write, so that no other process's words get in between.
void on_bus_error(int) noexcept {
  Text<512> line("shmctl: use '");
  line.add(object_name).add("': the file was cut short while in use (remove it with 'shmctl rm')\n");
  sys::call(SYS_write, 2, line.view().data(), line.view().size());
  sys::call(SYS_exit_group, exit_status);
}
}  // namespace

void end_on_bus_error(const char* object, int status) noexcept {
  std::size_t i = 0;
  for (; object[i] != '\0' && i + 1 < sizeof object_name; ++i) {
    const auto byte = static_cast<unsigned char>(object[i]);
    object_name[i] = byte < 0x20 || byte == 0x7f ? '?' : object[i];  // a path must not steer the terminal
  }
  object_name[i] = '\0';
  exit_status = status;
  if (!installed) {
    set_signal_handler(SIGBUS, on_bus_error);
    installed = true;
  }
}

}  // namespace shm::os
