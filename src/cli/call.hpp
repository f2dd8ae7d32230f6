// One call of the program, parsed: which verb, with which operands and options. Parsing opens nothing. Single-threaded.
#pragma once
#include <optional>
#include <string>
#include <vector>
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "os/error.hpp"

namespace shm::cli {

class Call {
 public:
  const Verb* verb = nullptr;         ///< null: help for `help_group`, or the version, is asked for
  std::vector<std::string> operands;  ///< for a verb that runs a command: NAME, then the command's own words
  bool help = false;                  ///< --help, for `verb` or `help_group`
  bool version = false;
  std::string help_group;
  const Program* program = nullptr;
  const char* const* arguments = nullptr;  ///< main's own, null at the end; null: this call is a line of another one
  Output output;

  struct Given {
    std::string name;
    std::string argument;
  };
  std::vector<Given> options;  ///< in the order given

  [[nodiscard]] bool has(std::string_view option) const noexcept;
  /// The argument given last, if the option was given.
  [[nodiscard]] std::optional<std::string_view> argument(std::string_view option) const noexcept;
  /// What --store says, else SHMCTL_STORE, else nothing. Options and environment are all that decides it.
  [[nodiscard]] std::string_view store() const noexcept;
  [[nodiscard]] bool quiet() const noexcept { return has("quiet"); }

  /// From now on, what SHMCTL_STORE says now is what it says.
  void settle_store();

  /// For verbs that go on with the next name: says the error now and remembers the worst status for status().
  void report(const os::Error& error);
  [[nodiscard]] int status() const noexcept { return status_; }

  /// For a parser that reads another line into this: as new, but for the operands and options, which it replaces, and
  /// what there is to print.
  void begin_again() noexcept;

 private:
  int status_ = 0;
  std::optional<std::string> environment_store_;
};

/// Throws Usage for what makes no sense; a near miss is suggested. `before`: words to read as if they stood first.
Call parse(const Program& program, int argc, const char* const* argv, std::vector<std::string> before = {});
/// The same with the words behind the program's name, into `call`, which has its program and nothing else yet.
void parse_words(Call& call, std::vector<std::string> words);

}  // namespace shm::cli
