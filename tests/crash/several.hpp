// Changes of several objects. For the harness alone.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace crash {

/// This part's of all of them, or of those that `only` names: "several/WORKLOAD". Of a quick round, only where it names
/// them. No recovery is interrupted after `until_ns` of the monotonic clock.
void several_checks(const std::vector<std::string>& only, bool quick, std::size_t part, std::size_t parts,
                    std::int64_t until_ns);

}  // namespace crash
