// Is there an order in which the operations of a history, one after another, would have had the outcomes that were seen
// and that does not turn round two of which one had returned before the other was called? The search is Wing and
// Gong's; what Lowe added keeps it fast: a set of operations done and the state after them is looked at once.
// Pure; any thread.
#pragma once
#include "soak/linear/history.hpp"

namespace soak::linear {

enum class Verdict : std::uint8_t {
  linearizable,
  refused,    ///< there is no such order
  undecided,  ///< it gave up
};

/// `end`: what the object held afterwards. A pending operation has happened before its process died (`returned_ns`), or
/// never. At most most_operations. `*longest`, if given, receives the longest order that explains as many as it has.
Verdict check(Step step, const State& start, std::span<const Operation> history, const State& end,
              std::vector<Operation>* longest = nullptr);

}  // namespace soak::linear
