// From argv to a hot verb's words, as cli::parse() reads them, but only what is usual: whatever is not is left to the
// whole program, which then explains what is wrong with it, if anything is. A test holds the two to the same meaning
// (tests/front). Nothing is opened or allocated. Single-threaded.
#pragma once
#include "front/verbs.hpp"

namespace shm::front {

enum class Format : std::uint8_t { text, raw, null };

struct Parsed {
  const Verb* verb = nullptr;  ///< null: not for the front door
  Format format = Format::text;
  bool quiet = false;
  const char* store = nullptr;     ///< what --store says; null: nothing
  char* const* command = nullptr;  ///< of a verb that runs one: its words, up to a null
  std::size_t operand_count = 0;
  std::size_t option_count = 0;
  // Behind the counts, and not set beforehand: most of it is never touched.
  std::string_view operands[most_operands];
  hot::Given options[most_options];

  Parsed() noexcept {}  // NOLINT: see above
  [[nodiscard]] hot::Words words() const noexcept {
    return {{&operands[0], operand_count}, {&options[0], option_count}, command};
  }
};

/// `words`: those behind the program's name, up to a null. `parsed` is new.
void parse(char* const* words, Parsed& parsed) noexcept;

}  // namespace shm::front
