#include "cli/help.hpp"
#include <fmt/core.h>
#include <algorithm>
#include <array>

namespace shm::cli {

namespace {
constexpr std::size_t width = 80;

constexpr std::array statuses = {
    ExitStatus{"0", "done, or yes"},
    ExitStatus{"1", "no: absent, exists already, compare lost, free"},
    ExitStatus{"2", "usage"},
    ExitStatus{"3", "wrong kind or type, overflow, out of range"},
    ExitStatus{"4", "not permitted, not trusted, damaged"},
    ExitStatus{"5", "no space, a limit is reached"},
    ExitStatus{"75", "busy: somebody else holds it; or paused, too soon, too late"},
    ExitStatus{"124", "timed out"},
    ExitStatus{"126, 127", "the command can't be run, is not found"},
    ExitStatus{"else", "run passes on the command's own, 128+N on signal N"},
};

// `text` broken into lines of at most `room` columns; each but the first is indented by `indent`.
std::string wrap(std::string_view text, std::size_t room, std::size_t indent) {
  std::string wrapped;
  std::size_t column = 0;
  while (!text.empty()) {
    const auto space = std::min(text.find(' '), text.size());
    if (column > 0 && column + 1 + space > room) {
      wrapped += '\n' + std::string(indent, ' ');
      column = 0;
    } else if (column > 0) {
      wrapped += ' ';
      ++column;
    }
    wrapped += text.substr(0, space);
    column += space;
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return wrapped;
}

std::string row(std::string_view left, std::string_view right, std::size_t column) {
  if (left.size() + 4 > column) {  // too long to stand beside it
    return fmt::format("  {}\n{}{}\n", left, std::string(column, ' '), wrap(right, width - column, column));
  }
  return fmt::format("  {:<{}}{}\n", left, column - 2, wrap(right, width - column, column));
}

std::string option_rows(std::span<const Option> options) {
  std::string rows;
  for (const auto& option : options) {
    std::string help(option.help);
    if (!option.choices.empty()) {
      std::string choices(option.choices);
      std::string spaced;
      for (const char c : choices) {
        spaced += c == '|' ? std::string(", ") : std::string(1, c);
      }
      help += ": " + spaced;
    }
    rows += row(option_words(option), help, 26);
  }
  return rows;
}

std::string verb_rows(const Program& program, std::string_view group) {
  std::string rows;
  for (const auto& verb : program.verbs) {
    if (verb.group == group) {
      rows += row(verb.name, verb.summary, 14);
    }
  }
  return rows;
}
}  // namespace

std::span<const ExitStatus> exit_statuses() noexcept { return statuses; }

std::string option_words(const Option& option) {
  std::string words = option.letter != '\0' ? fmt::format("-{}, --{}", option.letter, option.name)
                                            : fmt::format("    --{}", option.name);
  if (!option.argument.empty()) {
    words += fmt::format(" {}", option.argument);
  }
  return words;
}

std::string synopsis(const Verb& verb) {
  std::string line =
      verb.group.empty() ? fmt::format("shmctl {}", verb.name) : fmt::format("shmctl {} {}", verb.group, verb.name);
  line += " [options]";
  for (const auto& operand : verb.operands) {
    const std::string word = fmt::format("{}{}", operand.name, operand.repeated ? "..." : "");
    line += operand.optional ? fmt::format(" [{}]", word) : " " + word;
  }
  return line;
}

std::string help_verb(const Verb& verb) {
  std::string text = fmt::format("Usage: {}\n{}.\n", wrap(synopsis(verb), width - 7, 7), wrap(verb.summary, width, 0));
  if (!verb.options.empty()) {
    text += "\nOptions:\n" + option_rows(verb.options);
  }
  text += "\nOptions of every verb:\n" + option_rows(global_options());
  text += fmt::format("\nMore in {}(1); exit statuses in shmctl(7).\n", verb.page);
  return text;
}

std::string help_group(const Program& program, const Group& group) {
  return fmt::format(
      "Usage: shmctl {} VERB [options] NAME...\n{}.\n\nVerbs:\n{}\n"
      "'shmctl {} VERB --help' explains a verb. More in shmctl-{}(1).\n",
      group.name, wrap(group.summary, width, 0), verb_rows(program, group.name), group.name, group.name);
}

std::string help_program(const Program& program) {
  std::string text =
      "Usage: shmctl [options] VERB ...\n"
      "       shmctl [options] KIND VERB NAME...\n"
      "One instance of a script, and named objects that scripts share.\n\nVerbs:\n";
  text += verb_rows(program, "");
  text += "\nKinds of objects:\n";
  for (const auto& group : program.groups) {
    text += row(group.name, group.summary, 14);
  }
  text += "\nOptions of every verb:\n" + option_rows(global_options());
  text += "\nExit status:\n";
  for (const auto& status : statuses) {
    text += row(status.number, status.meaning, 14);
  }
  text += "\n'shmctl help VERB' and 'shmctl help KIND [VERB]' say more. Manual: shmctl(1).\n";
  return text;
}

}  // namespace shm::cli
