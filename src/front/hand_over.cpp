#include "front/hand_over.hpp"
#include "cli/message.hpp"
#include "os/own_program.hpp"
#include "os/sys.hpp"

namespace shm::front {

namespace {
const Process* handed;

constexpr std::string_view below_libexec = "/shmctl/static/shmctl";

// A tree that was put somewhere else, or is not installed yet, has both programs. Comes back with why it can't be.
os::Error become_beside(std::string_view own) noexcept {
  const auto directory = own.substr(0, own.rfind('/'));
  const auto path = os::Path(directory.substr(0, directory.rfind('/'))).add("/libexec").add(below_libexec);
  return os::become_program(path.c_str(), handed->argv);
}

// By where this program is, not by a path that was right when it was built. That one is for a copy of this program
// alone, and for a program with rights of its own: who calls that may have put a link to it anywhere.
os::Error become_whole() noexcept {
  if (!handed->secure) {
    const auto own = os::own_program();
    const std::string_view called = handed->file != nullptr ? handed->file : "";
    // Where there is no /proc: at least two slashes, so that there is a directory for each to begin in.
    const bool usable = called.find('/') != called.rfind('/');
    if (own || usable) {
      if (const auto error = become_beside(own ? own->view() : called); error.code != os::Code::absent) {
        return error;
      }
    }
  }
  return os::become_program(os::Path(SHMCTL_LIBEXEC).add(below_libexec).c_str(), handed->argv);
}
}  // namespace

void hand_over_as(const Process& process) noexcept { handed = &process; }

void hand_over() noexcept {
  auto error = become_whole();
  error.attempt = "start the whole program";
  error.advice = "it comes with the package, as this one does: install it again";
  cli::complain_of(cli::message_text(error));
  for (;;) {
    os::sys::call(SYS_exit_group, cli::status_of(os::Code::system));
  }
}

}  // namespace shm::front
