// The front door: a hot verb in its usual form is done here, all else by the whole program.
#include "cli/message.hpp"
#include "front/front_host.hpp"
#include "front/hand_over.hpp"
#include "os/short_life.hpp"
#include "os/sys.hpp"

namespace shm::front {

namespace {
// As much as a call about one object opens. One about several closes it, lest it have more open than its limits allow.
constexpr unsigned most_left = 16;

bool is_about_one(const Parsed& parsed) noexcept {
  const auto operands = parsed.words().operands;
  return !parsed.verb->many || operands.size() == 1 ||
         (operands.size() == 2 && operands[1].find_first_of("+-0123456789") == 0);
}

// By other names the program stands in for other programs.
bool is_own_name(const char* program) noexcept {
  const std::string_view path(program != nullptr ? program : "");
  return path.substr(path.rfind('/') + 1) == "shmctl";  // npos + 1 is 0
}
}  // namespace

int main(const Process& process) noexcept {
  hand_over_as(process);
  Parsed parsed;
  if (process.argc > 1 && is_own_name(process.argv[0])) {
    parse(process.argv + 1, parsed);
  }
  if (parsed.verb == nullptr) {
    hand_over();
  }
  if (!parsed.verb->runs_command && is_about_one(parsed)) {
    os::may_be_left = most_left;
  }
  FrontHost host(process, parsed);
  const auto status = parsed.verb->run(parsed.words(), host);
  if (!status) {
    host.report(status.error());
    return cli::status_of(status.error().code);
  }
  if (*status == hot::not_mine) {
    hand_over();
  }
  const int ended = host.finish(*status);
  for (;;) {
    os::sys::call(SYS_exit_group, ended);  // what is open is the kernel's to close
  }
}

}  // namespace shm::front
