#include "cli/complete_words.hpp"
#include <fmt/core.h>
#include <algorithm>

namespace shm::cli {

std::string joined(const WordList& words, std::string_view between) {
  std::string made;
  for (const auto& word : words) {
    if (!made.empty()) made += between;
    made += word;
  }
  return made;
}

WordList split_choices(std::string_view choices) {
  WordList words;
  while (!choices.empty()) {
    const auto bar = std::min(choices.find('|'), choices.size());
    words.emplace_back(choices.substr(0, bar));
    choices.remove_prefix(std::min(bar + 1, choices.size()));
  }
  return words;
}

std::string path_of(const Verb& verb) {
  return verb.group.empty() ? std::string(verb.name) : fmt::format("{} {}", verb.group, verb.name);
}

WordList kinds_of(const Program& program) {
  WordList words;
  for (const auto& group : program.groups) words.emplace_back(group.name);
  words.emplace_back("job");
  return words;
}

WordList first_words(const Program& program) {
  WordList words = verbs_of(program, "");
  for (const auto& group : program.groups) words.emplace_back(group.name);
  return words;
}

WordList verbs_of(const Program& program, std::string_view group) {
  WordList words;
  for (const auto& verb : program.verbs) {
    if (verb.group == group) words.emplace_back(verb.name);
  }
  return words;
}

WordList option_names(std::span<const Option> options) {
  WordList words;
  for (const auto& option : options) {
    if (option.letter != '\0') words.push_back(fmt::format("-{}", option.letter));
    words.push_back(fmt::format("--{}", option.name));
  }
  return words;
}

std::string escaped(std::string_view text, std::string_view chars, std::string_view escape) {
  std::string made;
  for (const char c : text) {
    if (chars.find(c) != std::string_view::npos) made += escape;
    made += c;
  }
  return made;
}

}  // namespace shm::cli
