// The verbs that the front door does by itself, and the options that it knows of each: a part of the verb table, which
// a test holds it to (tests/front). Constant data; any thread.
#pragma once
#include <cstdint>
#include <span>
#include "hot/host.hpp"
#include "hot/words.hpp"

namespace shm::front {

struct Option {
  char letter;            ///< '\0': no short form
  std::string_view name;  ///< without dashes
  bool argument;
};

struct Verb {
  std::string_view group;
  std::string_view name;
  std::size_t least;  ///< operands
  std::size_t most;
  std::span<const Option> options;
  os::Result<int> (*run)(const hot::Words& words, hot::Host& host);
  bool runs_command = false;  ///< the last operand is a command: it begins at its first word, or behind `--`
  bool many = false;          ///< operands are objects, each for itself; a second one may be a number for the first
};

inline constexpr std::size_t most_operands = 64;
inline constexpr std::size_t most_options = 16;

/// Options of every verb that the front door knows.
std::span<const Option> global_options() noexcept;
std::span<const Verb> verbs() noexcept;

}  // namespace shm::front
