// What a verb is: the row type of the one table (verbs/table.cpp) from which parsing, --help, the man pages, shell
// completion and the tests come. Constant data; any thread.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace shm::cli {

class Call;

/// What a shell may offer in a word's place.
enum class Complete : std::uint8_t {
  nothing,
  object,     ///< an object of the verb's kind; any object for a verb of no kind
  job,        ///< a job
  command,    ///< a command to run, with its own completion
  directory,  ///< a directory
  file,       ///< a file
  group,      ///< a group of users
  kind,       ///< a kind of objects
  choice,     ///< one of Option::choices, or of those that the operand's name has
  verb,       ///< a verb of shmctl
};

struct Operand {
  std::string_view name;  ///< as in a synopsis: "NAME", "NAME[=N]"
  Complete complete = Complete::nothing;
  bool optional = false;
  bool repeated = false;  ///< this and all further words; only the last operand
};

struct Option {
  char letter = '\0';         ///< '\0': no short form
  std::string_view name;      ///< without dashes
  std::string_view argument;  ///< empty: a flag
  std::string_view help;      ///< one sentence, no full stop
  Complete complete = Complete::nothing;
  std::string_view choices;  ///< separated by '|'; nothing else is accepted
};

struct Verb {
  std::string_view group;  ///< the kind, "counter"; empty for a verb of no kind
  std::string_view name;
  std::string_view page;     ///< the man page that has it, "shmctl-counter"
  std::string_view summary;  ///< one sentence, no full stop
  std::span<const Operand> operands;
  std::span<const Option> options;
  int (*run)(Call& call);          ///< returns the exit status
  bool runs_command = false;       ///< the last operand is a command: it begins at its first word, or behind `--`
  bool own_words = false;          ///< every word behind the verb's is an operand: the verb reads its options by itself
  std::string_view stand_in = {};  ///< an option that says what operands do: with it, none is missing
};

struct Group {
  std::string_view name;
  std::string_view summary;
};

/// All that the program can do. Sorted by group, then name; verbs of no group first.
struct Program {
  std::span<const Verb> verbs;
  std::span<const Group> groups;
};

/// Options that every verb takes.
std::span<const Option> global_options() noexcept;

/// The verb of that group and name, or null.
const Verb* find_verb(const Program& program, std::string_view group, std::string_view name) noexcept;
const Group* find_group(const Program& program, std::string_view name) noexcept;

}  // namespace shm::cli
