// What becomes of the output of `run`'s command: its options. Parsing opens nothing.
#pragma once
#include <optional>
#include "cli/call.hpp"
#include "guard/output.hpp"

namespace shm::verbs {

/// What the options ask for; nothing where the command writes to the call's own streams. Throws cli::Usage. What it
/// points to is the call's.
std::optional<guard::OutputPlan> read_output_plan(const cli::Call& call);

/// What --tail says.
std::optional<std::uint64_t> read_lines(const cli::Call& call);

/// Says that of a run's output the oldest part was no longer kept when it was to be shown.
void say_missed(const cli::Call& call, std::uint64_t bytes);

}  // namespace shm::verbs
