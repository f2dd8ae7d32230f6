#include "front/parse.hpp"
#include "cli/option_words.hpp"

namespace shm::front {

namespace {
const Option* named(std::span<const Option> options, std::string_view name) noexcept {
  for (const auto& option : options) {
    if (option.name == name) {
      return &option;
    }
  }
  return nullptr;
}

const Option* lettered(std::span<const Option> options, char letter) noexcept {
  for (const auto& option : options) {
    if (option.letter == letter) {
      return &option;
    }
  }
  return nullptr;
}

class Parser {
 public:
  Parser(char* const* words, Parsed& parsed) noexcept : words_(words), parsed_(parsed) {}

  /// Whether it is all for the front door.
  bool run() noexcept {
    if (!global_options_before() || *words_ == nullptr) {
      return false;
    }
    const std::string_view first = *words_++;
    const std::string_view second = *words_ != nullptr ? *words_ : std::string_view();
    for (const auto& verb : verbs()) {
      if (verb.group.empty() ? verb.name == first : verb.group == first && verb.name == second) {
        words_ += verb.group.empty() ? 0 : 1;
        return read(verb);
      }
    }
    return false;
  }

 private:
  bool global_options_before() noexcept {
    while (*words_ != nullptr && cli::is_option(*words_)) {
      if (!option({})) {
        return false;
      }
    }
    return true;
  }

  bool read(const Verb& verb) noexcept {
    for (; *words_ != nullptr;) {
      if (cli::is_option(*words_)) {
        if (verb.runs_command && std::string_view(*words_) == "--") {
          ++words_;
          break;
        }
        if (!option(verb.options)) {
          return false;
        }
        continue;
      }
      if (verb.runs_command && parsed_.operand_count + 1 == verb.least) {
        break;
      }
      if (parsed_.operand_count == most_operands) {
        return false;
      }
      parsed_.operands[parsed_.operand_count++] = *words_++;
    }
    const std::size_t counted = parsed_.operand_count + (verb.runs_command && *words_ != nullptr ? 1 : 0);
    if (counted < verb.least || counted > verb.most || formats_ > 1) {
      return false;
    }
    parsed_.command = verb.runs_command ? words_ : nullptr;
    parsed_.verb = &verb;
    return true;
  }

  /// --name, --name ARGUMENT, --name=ARGUMENT, -x and -x ARGUMENT: takes it. False: in a form that is not for here.
  bool option(std::span<const Option> own) noexcept {
    const std::string_view word = *words_;
    const bool by_name = word.starts_with("--");
    const auto equals = by_name ? word.find('=') : word.npos;
    if (!by_name && word.size() != 2) {
      return false;
    }
    const auto name = by_name ? word.substr(2, equals - 2) : std::string_view();
    const Option* found = by_name ? named(own, name) : lettered(own, word[1]);
    const bool global = found == nullptr;
    if (global) {
      found = by_name ? named(global_options(), name) : lettered(global_options(), word[1]);
    }
    if (found == nullptr || parsed_.option_count == most_options) {
      return false;
    }
    std::string_view argument;
    ++words_;
    if (!found->argument) {
      if (equals != word.npos) {
        return false;
      }
    } else {
      const char* const said = equals != word.npos ? word.data() + equals + 1 : *words_;
      if (said == nullptr || *said == '\0' || (*said == '-' && equals == word.npos)) {
        return false;
      }
      // Of one that is given twice the last counts, but the first must make sense too.
      if (was_given(found->name)) {
        return false;
      }
      words_ += equals == word.npos ? 1 : 0;
      argument = said;
    }
    parsed_.options[parsed_.option_count++] = {found->name, argument};
    if (global) {
      note(found->name, argument);
    }
    return true;
  }

  [[nodiscard]] bool was_given(std::string_view name) const noexcept {
    for (const auto& given : parsed_.words().options) {
      if (given.name == name) {
        return true;
      }
    }
    return false;
  }

  void note(std::string_view name, std::string_view argument) noexcept {
    if (name == "store") {
      parsed_.store = argument.data();
    } else if (name == "quiet") {
      parsed_.quiet = true;
    } else {
      const Format said = name == "raw" ? Format::raw : Format::null;
      formats_ += formats_ == 0 || parsed_.format != said ? 1 : 0;
      parsed_.format = said;
    }
  }

  char* const* words_;
  Parsed& parsed_;
  int formats_ = 0;  // different ones
};
}  // namespace

void parse(char* const* words, Parsed& parsed) noexcept {
  if (!Parser(words, parsed).run()) {
    parsed.verb = nullptr;
  }
}

}  // namespace shm::front
