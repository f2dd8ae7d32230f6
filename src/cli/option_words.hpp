// What a word of a command line is, option or operand, and which options there are: shared by the two ways to read
// words (parse.cpp, line_parser.cpp), so that they can't differ in it. Pure.
#pragma once
#include <algorithm>
#include <string_view>
#include "cli/verb.hpp"

namespace shm::cli {

inline bool is_negative_number(std::string_view word) noexcept {
  return word.size() > 1 && word[0] == '-' && word != "-0" &&
         word.find_first_not_of("0123456789.eE+-:=", 1) == word.npos && word.find_first_of("0123456789") <= 2;
}

inline bool is_option(std::string_view word) noexcept {
  return word.size() > 1 && word[0] == '-' && !is_negative_number(word);
}

inline const Option* option_named(std::span<const Option> options, std::string_view name) noexcept {
  const auto found = std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.name == name; });
  return found == options.end() ? nullptr : &*found;
}

inline const Option* option_lettered(std::span<const Option> options, char letter) noexcept {
  const auto found = std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.letter == letter; });
  return found == options.end() ? nullptr : &*found;
}

template <class Visit>
void for_each_choice(const Option& option, Visit visit) {
  for (std::string_view rest = option.choices; !rest.empty();) {
    const auto bar = std::min(rest.find('|'), rest.size());
    visit(rest.substr(0, bar));
    rest.remove_prefix(std::min(bar + 1, rest.size()));
  }
}

/// Whether `option` takes that argument, as far as its choices say.
inline bool is_choice(const Option& option, std::string_view argument) noexcept {
  bool found = option.choices.empty();
  for_each_choice(option, [&](std::string_view choice) { found = found || choice == argument; });
  return found;
}

}  // namespace shm::cli
