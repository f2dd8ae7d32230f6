#include "cli/call.hpp"
#include <algorithm>
#include <array>
#include <cstdlib>
#include "cli/failure.hpp"

namespace shm::cli {

namespace {
constexpr std::array globals = {
    Option{'\0', "store", "STORE", "Use this store: a directory, a name, or @GROUP", Complete::directory, {}},
    Option{'q', "quiet", "", "Print no values, and no line when the answer is no or busy", {}, {}},
    Option{'\0', "json", "", "Print JSON, one object a line", {}, {}},
    Option{'\0', "raw", "", "Print no newline", {}, {}},
    Option{'0', "null", "", "End each value with NUL instead of a newline", {}, {}},
    Option{'h', "help", "", "Show this help", {}, {}},
    Option{'\0', "version", "", "Print the version", {}, {}},
};
}  // namespace

std::span<const Option> global_options() noexcept { return globals; }

const Verb* find_verb(const Program& program, std::string_view group, std::string_view name) noexcept {
  const auto found = std::find_if(program.verbs.begin(), program.verbs.end(),
                                  [&](const Verb& verb) { return verb.group == group && verb.name == name; });
  return found == program.verbs.end() ? nullptr : &*found;
}

const Group* find_group(const Program& program, std::string_view name) noexcept {
  const auto found = std::find_if(program.groups.begin(), program.groups.end(),
                                  [&](const Group& group) { return group.name == name; });
  return found == program.groups.end() ? nullptr : &*found;
}

bool Call::has(std::string_view option) const noexcept { return argument(option).has_value(); }

std::optional<std::string_view> Call::argument(std::string_view option) const noexcept {
  for (auto given = options.rbegin(); given != options.rend(); ++given) {
    if (given->name == option) {
      return given->argument;
    }
  }
  return std::nullopt;
}

std::string_view Call::store() const noexcept {
  if (const auto said = argument("store")) {
    return *said;
  }
  if (environment_store_) {
    return *environment_store_;
  }
  const char* said = secure_getenv("SHMCTL_STORE");
  return said != nullptr ? std::string_view(said) : std::string_view();
}

void Call::settle_store() {
  const char* said = secure_getenv("SHMCTL_STORE");
  environment_store_ = said != nullptr ? said : "";
}

void Call::begin_again() noexcept {
  verb = nullptr;
  help = false;
  version = false;
  help_group.clear();
  status_ = 0;
}

void Call::report(const os::Error& error) {
  const int status = status_of(error.code);
  status_ = std::max(status_, status);
  if (!is_answer(error.code) || !quiet()) {
    complain(message_of(error));
  }
}

}  // namespace shm::cli
