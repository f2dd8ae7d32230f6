// Makes histories: several processes work on one object in short rounds, and in about every second round one of them is
// killed. Between two rounds nobody works, so that each round is a history of its own, whose start and end are known.
// One thread, in a process with no other children.
#pragma once
#include <optional>
#include "soak/linear/checker.hpp"
#include "soak/linear/kinds.hpp"

namespace soak::linear {

struct Figures {
  std::uint64_t rounds = 0;
  std::uint64_t operations = 0;
  std::uint64_t kills = 0;
  std::uint64_t pending = 0;         ///< operations that a kill interrupted
  std::int64_t longest_ns = 0;       ///< of an operation that ended, in rounds without a kill
  std::int64_t longest_kill_ns = 0;  ///< and in rounds with one
};

struct Refused {
  std::string why;
  State start;
  std::vector<Operation> history;
  State end;
  std::vector<Operation> explained;  ///< the longest order there is
};

/// Checks histories of a new object of `kind` until `until_ns` of the monotonic clock, or until one is refused.
std::optional<Refused> run_rounds(const Kind& kind, const shm::store::Store& store, std::string_view name,
                                  std::int64_t until_ns, std::uint64_t seed, Figures& figures);

}  // namespace soak::linear
