#include "verbs/full.hpp"
#include "cli/failure.hpp"
#include "os/own_program.hpp"
#include "verbs/common.hpp"
#include "verbs/managed.hpp"

namespace shm::verbs {

namespace {
const Full* full_parts = nullptr;

// By where this program is, not by a path that was right when it was built: a tree that was put somewhere else, or not
// installed yet, has both. SHMCTL_LIBEXEC is for where /proc does not tell, and for a program with rights of its own:
// who calls that may have put a link to it anywhere.
os::Path full_program() {
  auto path = os::own_program();
  if (!path || os::has_rights_of_its_own()) {
    return os::Path(SHMCTL_LIBEXEC "/shmctl/shmctl");
  }
  const auto directory = path->view().substr(0, path->view().rfind('/'));
  if (directory.ends_with("/libexec/shmctl/static")) {
    return os::Path(directory.substr(0, directory.rfind('/'))).add("/shmctl");
  }
  return os::Path(directory.substr(0, directory.rfind('/'))).add("/libexec/shmctl/shmctl");
}

bool asks_for_scope(const cli::Call& call) noexcept {
  return call.has("scope") || call.has("property") || call.has("slice");
}
}  // namespace

void Manager::waiting(const store::Store& /*store*/, std::string_view /*job*/, const guard::Want& /*want*/) {}
void Manager::refused(const guard::Busy& /*busy*/) {}
void Manager::instead(std::string_view /*what*/) {}
void Manager::adopted(const store::Store& /*store*/, const guard::Hold& /*hold*/) {}
void Manager::taken(const guard::Hold& /*hold*/) {}
void Manager::set_environment(std::vector<char*>& /*environment*/) {}
guard::Companion* Manager::companion() noexcept { return nullptr; }
void Manager::ended(const guard::Ended& /*ended*/) {}

void this_is_full(const Full& parts) noexcept { full_parts = &parts; }

namespace {
// Comes back with why it can't be.
os::Error become_full(const cli::Call& call) {
  const auto path = full_program();
  auto error = os::become_program(path.c_str(), call.arguments);
  error.attempt = "start the full program";
  error.advice = "it comes with the package; without it there is no journal to read, nothing to notify, no scope";
  return error;
}
}  // namespace

const Full& need_full(const cli::Call& call) {
  if (full_parts == nullptr) {
    if (call.arguments == nullptr) {
      refuse(call, "this needs a call of its own (it can't be a line of exec)");
    }
    throw cli::Failure(become_full(call));
  }
  return *full_parts;
}

Managers managers_of(const cli::Call& call, RunRequest& request) {
  const bool asked = asks_for_scope(call);
  if (!asked && !managed(call).any()) {
    return {};
  }
  // Where nobody has asked for it, a job is not to fail because there is none.
  if (!asked && full_parts == nullptr) {
    if (call.arguments != nullptr && !call.quiet()) {
      cli::complain(cli::message_of(become_full(call)));
    }
    return {};
  }
  return need_full(call).managers(call, request);
}

}  // namespace shm::verbs
