#include "cli/line_parser.hpp"
#include <bit>
#include "cli/option_words.hpp"

namespace shm::cli {

namespace {
using Words = std::span<const std::string_view>;

const Option* option_of(const Verb& verb, std::string_view name) noexcept {
  const Option* option = option_named(verb.options, name);
  return option != nullptr ? option : option_named(global_options(), name);
}

const Option* option_of(const Verb& verb, char letter) noexcept {
  const Option* option = option_lettered(verb.options, letter);
  return option != nullptr ? option : option_lettered(global_options(), letter);
}

bool is_format(std::string_view option) noexcept { return option == "json" || option == "raw" || option == "null"; }

/// An option as it was given, and how many words it is; 0: in a form that is not for here.
struct Read {
  std::size_t words = 0;
  const Option* option = nullptr;
  std::string_view argument;
};

/// --name, --name ARGUMENT, --name=ARGUMENT, -x and -x ARGUMENT.
Read read_option(const Verb& verb, Words words) noexcept {
  const std::string_view word = words[0];
  const bool by_name = word.starts_with("--");
  const auto equals = by_name ? word.find('=') : word.npos;
  if (!by_name && word.size() != 2) {
    return {};
  }
  const Option* option = by_name ? option_of(verb, word.substr(2, equals - 2)) : option_of(verb, word[1]);
  if (option == nullptr || option->name == "help" || option->name == "version") {
    return {};
  }
  if (option->argument.empty()) {
    return {equals == word.npos ? 1U : 0U, option, {}};
  }
  const bool next = equals == word.npos;
  if (next && words.size() < 2) {
    return {};
  }
  const std::string_view argument = next ? words[1] : word.substr(equals + 1);
  if (argument.empty() || argument[0] == '-' || !is_choice(*option, argument)) {
    return {};
  }
  return {next ? 2U : 1U, option, argument};
}
}  // namespace

LineParser::LineParser(const Call& outer) : format_(outer.output.format) {
  constexpr std::size_t least = 64;
  const auto& verbs = outer.program->verbs;
  entries_.resize(std::bit_ceil(std::max(least, verbs.size() * 2)));
  for (const auto& verb : verbs) {
    Entry entry{&verb, 0, 0};
    for (const auto& operand : verb.operands) {
      entry.least += operand.optional ? 0 : 1;
      entry.most = operand.repeated ? SIZE_MAX : entry.most + 1;
    }
    std::size_t at = hash(verb.group, verb.name) % entries_.size();
    while (entries_[at].verb != nullptr) {
      at = (at + 1) % entries_.size();
    }
    entries_[at] = entry;
  }
  for (const auto& given : outer.options) {
    if (given.name == "store" || given.name == "quiet") {
      inherited_.push_back(given);
    } else if (is_format(given.name)) {
      inherited_format_.push_back(given);
    }
  }
}

// FNV-1a.
std::size_t LineParser::hash(std::string_view group, std::string_view name) noexcept {
  std::uint64_t sum = 0xcbf29ce484222325U;
  for (const auto part : {group, name}) {
    for (const char c : part) {
      sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
  }
  return static_cast<std::size_t>(sum ^ (sum >> 32U));
}

const LineParser::Entry* LineParser::find(std::string_view group, std::string_view name) const noexcept {
  for (std::size_t at = hash(group, name);; ++at) {
    const Entry& entry = entries_[at & (entries_.size() - 1)];
    if (entry.verb == nullptr) {
      return nullptr;
    }
    if (entry.verb->name == name && entry.verb->group == group) {
      return &entry;
    }
  }
}

/// The words behind the verb. False: they need the other way.
bool LineParser::read(const Entry& entry, Words words, Call& call) const {
  call.options.clear();
  std::size_t operands = 0;
  int formats = 0;
  while (!words.empty()) {
    if (!is_option(words[0])) {
      if (operands < call.operands.size()) {
        call.operands[operands] = words[0];  // into memory that the line before had
      } else {
        call.operands.emplace_back(words[0]);
      }
      ++operands;
      words = words.subspan(1);
      continue;
    }
    const Read found = read_option(*entry.verb, words);
    if (found.words == 0) {
      return false;
    }
    formats += is_format(found.option->name) ? 1 : 0;
    call.options.push_back({std::string(found.option->name), std::string(found.argument)});
    words = words.subspan(found.words);
  }
  if (operands < entry.least || operands > entry.most || formats > 1) {
    return false;
  }
  call.operands.resize(operands);
  call.verb = entry.verb;
  return true;
}

/// What the outer call says goes before what the line says, which so has the last word.
void LineParser::inherit(Call& call) const {
  const auto own = std::find_if(call.options.begin(), call.options.end(),
                                [](const Call::Given& given) { return is_format(given.name); });
  if (own == call.options.end()) {
    call.output.format = format_;
    call.options.insert(call.options.begin(), inherited_format_.begin(), inherited_format_.end());
  } else {
    call.output.format = own->name == "json" ? Format::json : own->name == "raw" ? Format::raw : Format::null;
  }
  call.options.insert(call.options.begin(), inherited_.begin(), inherited_.end());
  call.output.quiet = call.quiet();
}

void LineParser::parse(Words words, Call& call) {
  call.begin_again();
  const Entry* entry = find({}, words[0]);
  std::size_t named = 1;
  if (entry == nullptr && words.size() > 1 && !words[0].empty()) {
    entry = find(words[0], words[1]);
    named = 2;
  }
  if (entry == nullptr || entry->verb->runs_command || !read(*entry, words.subspan(named), call)) {
    call.operands.clear();
    call.options.clear();
    parse_words(call, {words.begin(), words.end()});
  }
  inherit(call);
}

}  // namespace shm::cli
