// Whether the front door reads words as the whole program does, for who makes up words (parse_test.cpp, tests/fuzz).
#pragma once
#include <string>
#include <vector>
#include "cli/call.hpp"
#include "cli/failure.hpp"
#include "cli/option_words.hpp"
#include "front/parse.hpp"
#include "verbs/table.hpp"

namespace test {

using Words = std::vector<std::string>;

struct FrontReading {
  bool taken = false;   ///< the front door does this by itself
  std::string differs;  ///< in what it reads them otherwise; empty: in nothing
  std::string verb;     ///< of a line that is taken: "counter incr"
  Words options;
};

/// A choice that the table does not have is for the hot verb to leave to the whole program (tests/cli/front.bats).
inline bool has_wrong_choice(const shm::front::Parsed& parsed) {
  const auto* verb = shm::cli::find_verb(shm::verbs::program(), parsed.verb->group, parsed.verb->name);
  for (const auto& given : parsed.words().options) {
    const auto* option = shm::cli::option_named(verb->options, given.name);
    if (option != nullptr && !shm::cli::is_choice(*option, given.argument)) {
      return true;
    }
  }
  return false;
}

/// The words behind the program's name.
inline FrontReading read_both(const Words& words) {
  namespace cli = shm::cli;
  FrontReading reading;
  std::vector<char*> argv;
  Words kept = words;
  for (auto& word : kept) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  shm::front::Parsed parsed;
  shm::front::parse(argv.data(), parsed);
  if (parsed.verb == nullptr) {
    return reading;
  }
  reading.taken = true;
  const auto hot = parsed.words();
  reading.verb = std::string(parsed.verb->group) + (parsed.verb->group.empty() ? "" : " ");
  reading.verb += parsed.verb->name;
  Words operands(hot.operands.begin(), hot.operands.end());
  for (char* const* word = hot.command; word != nullptr && *word != nullptr; ++word) {
    operands.emplace_back(*word);
  }
  for (const auto& given : hot.options) {
    reading.options.emplace_back(given.name);
  }

  cli::Call call;
  call.program = &shm::verbs::program();
  try {
    cli::parse_words(call, words);
  } catch (const cli::Usage& usage) {
    reading.differs = has_wrong_choice(parsed) ? "" : std::string("is refused: ") + usage.what();
    return reading;
  }
  const auto says = [&reading](bool same, const char* what) {
    if (!same && reading.differs.empty()) {
      reading.differs = what;
    }
  };
  says(call.verb != nullptr && !call.help && !call.version, "asks for help or the version");
  if (call.verb == nullptr) {
    return reading;
  }
  says(call.verb->group == parsed.verb->group && call.verb->name == parsed.verb->name, "verb");
  says(call.operands == operands, "operands");
  says(call.options.size() == hot.options.size(), "number of options");
  for (std::size_t i = 0; i < std::min(call.options.size(), hot.options.size()); ++i) {
    says(call.options[i].name == hot.options[i].name && call.options[i].argument == hot.options[i].argument, "option");
  }
  const auto store = call.argument("store");
  says(store.has_value() == (parsed.store != nullptr) && (!store || *store == parsed.store), "store");
  says(call.quiet() == parsed.quiet, "quiet");
  using shm::front::Format;
  says(call.output.format == (parsed.format == Format::raw    ? cli::Format::raw
                              : parsed.format == Format::null ? cli::Format::null
                                                              : cli::Format::text),
       "format");
  return reading;
}

}  // namespace test
