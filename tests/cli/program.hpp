// A small program for the tests of parsing and help, and words as a shell gives them.
#pragma once
#include <initializer_list>
#include <string>
#include <vector>
#include "cli/call.hpp"
#include "cli/failure.hpp"

namespace test {

using shm::cli::Complete;
using shm::cli::Operand;
using shm::cli::Option;
using shm::cli::Verb;

inline constexpr Operand pattern[] = {{"GLOB", Complete::nothing, true, false}};
inline constexpr Operand command[] = {{"NAME", Complete::job, false, false},
                                      {"COMMAND", Complete::command, false, true}};
inline constexpr Operand any_words[] = {{"WORD", {}, true, true}};
inline constexpr Operand only_command[] = {{"COMMAND", Complete::command, false, true}};
inline constexpr Operand names[] = {{"NAME", Complete::object, false, true}};
inline constexpr Operand old_new[] = {{"NAME", {}, false, false}, {"OLD", {}, false, false}, {"NEW", {}, false, false}};
inline constexpr Operand fresh[] = {{"NAME", {}, false, false}, {"N", {}, true, false}};
inline constexpr Option listing[] = {{'k', "kind", "KIND", "Only this kind", {}, {}},
                                     {'l', "long", "", "Say more", {}, {}}};
inline constexpr Option running[] = {
    {'w', "wait", "TIME", "Wait so long", {}, {}},
    {'s', "shared", "", "With others", {}, {}},
    {'\0', "on-busy", "POLICY", "What to do", Complete::choice, "skip|wait"},
};
inline constexpr Option counting[] = {{'\0', "existing", "", "Never create", {}, {}},
                                      {'\0', "new", "", "Always create", {}, {}}};
inline constexpr Option limiting[] = {{'\0', "min", "N", "Never below N", {}, {}}};
inline constexpr Verb verbs[] = {
    {"", "ls", "p", "List", pattern, listing, nullptr},
    {"", "own", "p", "Read the words", any_words, running, nullptr, true, true},
    {"", "run", "p-run", "Run", command, running, nullptr, true},
    {"", "run-it", "p-run", "Run", only_command, running, nullptr, true},
    {"counter", "cas", "p-counter", "Compare and set", old_new, {}, nullptr},
    {"counter", "create", "p-counter", "Create", fresh, limiting, nullptr},
    {"counter", "incr", "p-counter", "Add", names, counting, nullptr},
};
inline constexpr shm::cli::Group groups[] = {{"counter", "Counts"}, {"value", "Holds"}};
inline constexpr shm::cli::Program program = {verbs, groups};

using Words = std::vector<std::string>;

inline shm::cli::Call parsed(const Words& words) {
  std::vector<const char*> argv{"shmctl"};
  for (const auto& word : words) {
    argv.push_back(word.c_str());
  }
  argv.push_back(nullptr);
  return shm::cli::parse(program, static_cast<int>(argv.size()) - 1, argv.data());
}

/// Why the words are refused; empty if they are not.
inline std::string refused(const Words& words) {
  try {
    parsed(words);
  } catch (const shm::cli::Usage& usage) {
    return usage.what();
  }
  return {};
}

}  // namespace test
