// How verbs speak of runs to programs: the fields that several of them have in common. Pure.
#pragma once
#include "cli/output.hpp"
#include "guard/ended.hpp"
#include "guard/holder.hpp"

namespace shm::verbs {

/// A run that has the job.
cli::Json json_of(const guard::Holder& holder);
/// Seconds, with `digits` decimals.
void add_seconds(cli::Json& json, std::string_view key, std::int64_t ns, int digits);
/// "TERM"; a number where the signal has no name.
std::string signal_name(int signal);
/// The same; null for 0.
void add_signal(cli::Json& json, std::string_view key, int signal);
/// duration, tries, user_time, system_time, most_memory_kib, blocks_read, blocks_written
void add_effort(cli::Json& json, const guard::Ended& ended);

}  // namespace shm::verbs
