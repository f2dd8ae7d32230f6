// From argv to a Call. Boost.Program_options reads the options; which verb it is and where a command begins
// is found here first, because Program_options knows one flat list of words.
#include <fmt/core.h>
#include <algorithm>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <cstring>
#include "cli/call.hpp"
#include "cli/failure.hpp"
#include "cli/option_words.hpp"
#include "cli/suggest.hpp"

namespace shm::cli {

namespace {
namespace po = boost::program_options;
using Words = std::vector<std::string>;

/// The options a word list is read with: those of every verb and the verb's own, or any verb's while it is not known.
struct Known {
  std::span<const Option> own;
  std::span<const Verb> any;
  [[nodiscard]] const Option* named(std::string_view name) const {
    return find([&](std::span<const Option> options) { return option_named(options, name); });
  }
  [[nodiscard]] const Option* lettered(char letter) const {
    return find([&](std::span<const Option> options) { return option_lettered(options, letter); });
  }
  /// Whether option word `word` takes the word after it as its argument.
  [[nodiscard]] bool takes_next(std::string_view word) const {
    if (word.starts_with("--")) {
      const Option* option = named(word.substr(2));
      return option != nullptr && !option->argument.empty() && !is_flag_of_any(word.substr(2));
    }
    for (std::size_t i = 1; i < word.size(); ++i) {  // a cluster of letters: the first that takes one ends it
      const Option* option = lettered(word[i]);
      if (option != nullptr && !option->argument.empty()) {
        return i + 1 == word.size();
      }
    }
    return false;
  }

 private:
  /// Where verbs differ, and the verb is not known yet, the argument must be said as --output=FILE.
  [[nodiscard]] bool is_flag_of_any(std::string_view name) const {
    return std::any_of(any.begin(), any.end(), [&](const Verb& verb) {
      const Option* option = option_named(verb.options, name);
      return option != nullptr && option->argument.empty();
    });
  }
  template <class Look>
  [[nodiscard]] const Option* find(Look look) const {
    const Option* option = look(own);
    option = option != nullptr ? option : look(global_options());
    for (std::size_t i = 0; option == nullptr && i < any.size(); ++i) {
      option = look(any[i].options);
    }
    return option;
  }
};

/// Where the first word that is no option is; behind the end if there is none.
std::size_t find_word(const Words& words, const Known& known) {
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    if (!is_option(words[i])) {
      return i;
    }
    i += known.takes_next(words[i]) ? 1 : 0;
  }
  return words.size();
}

/// Takes the first word that is no option out of `words` and returns it; empty if there is none.
std::string take_word(Words& words, const Known& known) {
  const std::size_t at = find_word(words, known);
  if (at == words.size()) {
    return {};
  }
  std::string word = words[at];
  words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
  return word;
}

/// Cuts the command off `words`: it begins at the `nth` word that is no option, or after `--`.
Words cut_command(Words& words, const Known& known, std::size_t nth) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool dashes = words[i] == "--";
    if (dashes || (!is_option(words[i]) && ++seen == nth)) {
      const auto at = words.begin() + static_cast<std::ptrdiff_t>(i);
      Words command(at + (dashes ? 1 : 0), words.end());
      words.erase(at, words.end());
      return command;
    }
    i += is_option(words[i]) && known.takes_next(words[i]) ? 1 : 0;
  }
  return {};
}

std::string path_of(const Verb& verb) {
  return verb.group.empty() ? std::string(verb.name) : fmt::format("{} {}", verb.group, verb.name);
}

[[noreturn]] void refuse(const Verb& verb, std::string_view why) {
  throw Usage(fmt::format("{}: {} (see 'shmctl {} --help')", path_of(verb), why, path_of(verb)));
}

[[noreturn]] void refuse_unknown_option(const Verb& verb, std::string_view word) {
  std::vector<std::string_view> names;
  for (const auto options : {verb.options, global_options()}) {
    for (const auto& option : options) {
      names.push_back(option.name);
    }
  }
  const auto bare = word.substr(std::min(word.find_first_not_of('-'), word.size()));
  const std::string hint = bare.size() > 1 ? did_you_mean(bare, names, "--") : "";
  refuse(verb, fmt::format("unknown option '{}'{}", word, hint));
}

void check_choice(const Verb& verb, const Option& option, std::string_view argument) {
  if (is_choice(option, argument)) {
    return;
  }
  std::vector<std::string_view> choices;
  for_each_choice(option, [&](std::string_view choice) { choices.push_back(choice); });
  refuse(verb, fmt::format("--{} '{}': not one of {}{}", option.name, argument, option.choices,
                           did_you_mean(argument, choices)));
}

void check_operands(const Call& call) {
  const Verb& verb = *call.verb;
  std::size_t needed = 0;
  bool unbounded = false;
  for (const auto& operand : verb.operands) {
    needed += operand.optional ? 0 : 1;
    unbounded = unbounded || operand.repeated;
  }
  if (call.operands.size() < needed && (verb.stand_in.empty() || !call.has(verb.stand_in))) {
    refuse(verb, fmt::format("{} is missing", verb.operands[call.operands.size()].name));
  }
  if (!unbounded && call.operands.size() > verb.operands.size()) {
    refuse(verb, fmt::format("'{}' is one word too many", call.operands[verb.operands.size()]));
  }
}

void set_output(Call& call) {
  int formats = 0;
  const auto choose = [&](std::string_view option, Format format) {
    if (call.has(option)) {
      call.output.format = format;
      ++formats;
    }
  };
  choose("json", Format::json);
  choose("raw", Format::raw);
  choose("null", Format::null);
  if (formats > 1) {
    refuse(*call.verb, "--json, --raw and --null exclude each other");
  }
  call.output.quiet = call.quiet();
}

/// Program_options takes "-5" for an option; this takes it first.
std::vector<po::option> take_number(Words& words) {
  std::vector<po::option> taken;
  if (!words.empty() && is_negative_number(words[0])) {
    po::option operand;
    operand.position_key = 0;
    operand.value.push_back(words[0]);
    operand.original_tokens.push_back(words[0]);
    words.erase(words.begin());
    taken.push_back(operand);
  }
  return taken;
}

/// Whether `word` may name the option: rather once too often than not.
bool may_name(std::string_view word, const Option& option) {
  return word.starts_with("--") ? word.substr(2).starts_with(option.name)
                                : is_option(word) && option.letter != '\0' && word.find(option.letter) != word.npos;
}

/// Only those that the words may name: each description costs Program_options as much as reading a word.
void describe(po::options_description& all, std::span<const Option> options, const Words& words) {
  for (const auto& option : options) {
    if (std::none_of(words.begin(), words.end(), [&](const auto& word) { return may_name(word, option); })) {
      continue;
    }
    std::string name(option.name);
    if (option.letter != '\0') {
      name += ',';
      name += option.letter;
    }
    if (option.argument.empty()) {
      all.add_options()(name.c_str(), "");
    } else {
      all.add_options()(name.c_str(), po::value<std::string>(), "");
    }
  }
}

/// Says what Program_options found wrong in the words of the table.
[[noreturn]] void refuse_syntax(const Verb& verb, const Known& known, const po::invalid_command_line_syntax& bad) {
  const std::string said = bad.get_option_name();  // with its dashes
  const auto name = std::string_view(said).substr(std::min(said.find_first_not_of('-'), said.size()));
  const Option* option = known.named(name);
  if (option == nullptr && name.size() == 1) {
    option = known.lettered(name[0]);
  }
  if (option == nullptr) {
    refuse(verb, bad.what());
  }
  if (option->argument.empty()) {
    refuse(verb, fmt::format("--{} takes no argument", option->name));
  }
  refuse(verb, fmt::format("--{}: {} is missing", option->name, option->argument));
}

std::vector<po::option> read_options(const Verb& verb, const Known& known, const Words& words) {
  po::options_description all;
  describe(all, verb.options, words);
  describe(all, global_options(), words);
  using Style = po::command_line_style::style_t;
  const int style = Style::unix_style & ~Style::allow_guessing;
  try {
    return po::command_line_parser(words).options(all).style(style).extra_style_parser(take_number).run().options;
  } catch (const po::unknown_option& unknown) {
    refuse_unknown_option(verb, unknown.get_option_name());
  } catch (const po::invalid_command_line_syntax& bad) {
    refuse_syntax(verb, known, bad);
  }
}

void read_words(Call& call, const Verb& verb, Words words) {
  const Known known{verb.options, {}};
  const Words command = verb.runs_command ? cut_command(words, known, verb.operands.size()) : Words();
  if (std::none_of(words.begin(), words.end(), is_option)) {
    // Nothing to read: describing the options would be most of what a shell call costs this program.
    call.operands = std::move(words);
  } else {
    for (const auto& option : read_options(verb, known, words)) {
      if (option.position_key >= 0 || option.string_key.empty()) {
        call.operands.insert(call.operands.end(), option.value.begin(), option.value.end());
        continue;
      }
      const std::string argument = option.value.empty() ? std::string() : option.value[0];
      check_choice(verb, *known.named(option.string_key), argument);
      call.options.push_back({option.string_key, argument});
    }
  }
  call.operands.insert(call.operands.end(), command.begin(), command.end());
}

/// Those before the verb are options of every verb, the others are the verb's to read.
void read_own_words(Call& call, Words words, std::size_t behind) {
  const auto own = words.begin() + static_cast<std::ptrdiff_t>(behind);
  Words operands(own, words.end());
  words.erase(own, words.end());
  Verb bare = *call.verb;
  bare.options = {};
  bare.runs_command = false;
  read_words(call, bare, std::move(words));
  call.operands = std::move(operands);
}

std::vector<std::string_view> names_in(const Program& program, std::string_view group) {
  std::vector<std::string_view> names;
  for (const auto& verb : program.verbs) {
    if (verb.group == group) {
      names.push_back(verb.name);
    }
  }
  if (group.empty()) {
    for (const auto& each : program.groups) {
      names.push_back(each.name);
    }
  }
  return names;
}

bool wants(const Words& words, std::string_view longer, std::string_view shorter) {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::any_of(words.begin(), end, [&](const auto& word) { return word == longer || word == shorter; });
}

/// No verb can be told from the words: then help or the version may be what is wanted.
void no_verb(Call& call, const Words& words) {
  call.help = wants(words, "--help", "-h");
  call.version = wants(words, "--version", "");
  if (call.help || call.version) {
    return;
  }
  for (const auto& word : words) {  // --json alone is harmless, but a wrong option is told
    if (word == "--") {
      break;
    }
    if (is_option(word) && word.starts_with("--") &&
        option_named(global_options(), word.substr(2, word.find('=') - 2)) == nullptr) {
      throw Usage(fmt::format("unknown option '{}' (see 'shmctl --help')", word));
    }
  }
  throw Usage(call.help_group.empty()
                  ? std::string("what to do is missing (see 'shmctl --help')")
                  : fmt::format("{0}: the verb is missing (see 'shmctl {0} --help')", call.help_group));
}

void find(Call& call, Words& words) {
  const Program& program = *call.program;
  const Known any{{}, program.verbs};
  const std::string first = take_word(words, any);
  if (first.empty()) {
    no_verb(call, words);
    return;
  }
  if (find_group(program, first) == nullptr) {
    call.verb = find_verb(program, "", first);
    if (call.verb == nullptr) {
      throw Usage(
          fmt::format("unknown verb '{}'{} (see 'shmctl --help')", first, did_you_mean(first, names_in(program, ""))));
    }
    return;
  }
  call.help_group = first;
  const std::string second = take_word(words, any);
  if (second.empty()) {
    no_verb(call, words);
    return;
  }
  call.verb = find_verb(program, first, second);
  if (call.verb == nullptr) {
    throw Usage(fmt::format("{}: unknown verb '{}'{} (see 'shmctl {} --help')", first, second,
                            did_you_mean(second, names_in(program, first)), first));
  }
}
}  // namespace

Call parse(const Program& program, int argc, const char* const* argv, std::vector<std::string> before) {
  Call call;
  call.program = &program;
  call.arguments = argv;
  before.insert(before.end(), argv + (argc > 0 ? 1 : 0), argv + argc);
  parse_words(call, std::move(before));
  return call;
}

void parse_words(Call& call, std::vector<std::string> words) {
  const std::size_t behind = find_word(words, Known{{}, call.program->verbs});  // once the verb is taken out
  find(call, words);
  if (call.verb == nullptr) {
    return;
  }
  if (call.verb->own_words) {
    read_own_words(call, std::move(words), behind);
  } else {
    read_words(call, *call.verb, std::move(words));
  }
  call.help = call.has("help");
  call.version = call.has("version");
  if (!call.help && !call.version) {
    set_output(call);
    check_operands(call);
  }
}

}  // namespace shm::cli
