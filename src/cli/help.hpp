// --help at every level, at most 80 columns, from the verb table. Pure: returns the text.
#pragma once
#include <string>
#include "cli/verb.hpp"

namespace shm::cli {

std::string help_program(const Program& program);
std::string help_group(const Program& program, const Group& group);
std::string help_verb(const Verb& verb);

/// "shmctl counter incr [options] NAME [N]"
std::string synopsis(const Verb& verb);
/// "-q, --quiet" or "    --store STORE"
std::string option_words(const Option& option);
/// One status a row: number and meaning, as shmctl(7) has them.
struct ExitStatus {
  std::string_view number;
  std::string_view meaning;
};
std::span<const ExitStatus> exit_statuses() noexcept;

}  // namespace shm::cli
