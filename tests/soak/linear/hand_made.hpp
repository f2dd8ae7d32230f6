// Histories made by hand, to know that the checker refuses what it must and nothing else.
#pragma once
#include "soak/linear/checker.hpp"

namespace soak::linear {

struct HandMade {
  std::string_view what;
  std::string_view kind;  ///< whose model
  Verdict expected;
  State start;
  std::vector<Operation> history;
  State end;
};

std::vector<HandMade> hand_made();

}  // namespace soak::linear
