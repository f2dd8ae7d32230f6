#include "front/hand_over.hpp"
#include "cli/message.hpp"
#include "os/own_program.hpp"
#include "os/sys.hpp"

namespace shm::front {

namespace {
const Process* handed;

constexpr std::string_view below_libexec = "/shmctl/static/shmctl";

// By where this program is, not by a path that was right when it was built: a tree that was put somewhere else, or not
// installed yet, has both. SHMCTL_LIBEXEC is for where /proc does not tell, and for a copy of this program alone.
os::Error become_whole(char** words) noexcept {
  if (const auto path = os::own_program()) {
    const auto directory = path->view().substr(0, path->view().rfind('/'));
    const auto beside = os::Path(directory.substr(0, directory.rfind('/'))).add("/libexec").add(below_libexec);
    if (const auto error = os::become_program(beside.c_str(), words); error.code != os::Code::absent) {
      return error;
    }
  }
  return os::become_program(os::Path(SHMCTL_LIBEXEC).add(below_libexec).c_str(), words);
}
}  // namespace

void hand_over_as(const Process& process) noexcept { handed = &process; }

void hand_over() noexcept {
  auto error = become_whole(handed->argv);
  error.attempt = "start the whole program";
  error.advice = "it comes with the package, as this one does: install it again";
  cli::complain_of(cli::message_text(error));
  for (;;) {
    os::sys::call(SYS_exit_group, cli::status_of(os::Code::system));
  }
}

}  // namespace shm::front
