// Readers that race with a change: while one reads, the writer goes on, some instructions between any two words that
// are read. Whatever the reader returns must be one of the two states, and never the old one again after the new one.
// And wakes that must be sent. For the harness alone.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace crash {

/// All races, or those that `only` names: "race/WORKLOAD". Not quick, they begin by `until_ns` of the monotonic clock.
void race_checks(const std::vector<std::string>& only, bool quick, std::int64_t until_ns);
/// The same: "wake/...".
void waking_checks(const std::vector<std::string>& only);

}  // namespace crash
