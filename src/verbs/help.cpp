#include "verbs/help.hpp"
#include <fmt/core.h>
#include "cli/failure.hpp"
#include "cli/help.hpp"
#include "cli/suggest.hpp"

namespace shm::verbs {

int help(cli::Call& call) {
  const auto& program = *call.program;
  if (call.operands.empty()) {
    call.output.write(cli::help_program(program));
    return 0;
  }
  const auto& first = call.operands[0];
  const auto* group = cli::find_group(program, first);
  const std::string second = call.operands.size() > 1 ? call.operands[1] : "";
  if (group != nullptr && second.empty()) {
    call.output.write(cli::help_group(program, *group));
    return 0;
  }
  const auto* verb = group != nullptr ? cli::find_verb(program, first, second) : cli::find_verb(program, "", first);
  if (verb == nullptr || (group == nullptr && !second.empty())) {
    std::vector<std::string_view> names;
    for (const auto& each : program.verbs) {
      if (each.group == (group != nullptr ? std::string_view(first) : std::string_view())) {
        names.push_back(each.name);
      }
    }
    for (const auto& each : program.groups) {
      names.push_back(each.name);
    }
    const auto& word = second.empty() ? first : second;
    throw cli::Usage(
        fmt::format("help: there is no verb '{}'{} (see 'shmctl --help')", word, cli::did_you_mean(word, names)));
  }
  call.output.write(cli::help_verb(*verb));
  return 0;
}

}  // namespace shm::verbs
