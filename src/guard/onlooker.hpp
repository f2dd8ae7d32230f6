// Looking at the output of a run that somebody else has started, while it comes, and learning how the run ended.
// Any process that may connect to its supervisor (talk.hpp).
#pragma once
#include "guard/spool_reader.hpp"
#include "guard/talk.hpp"

namespace shm::guard {

/// Where to begin.
enum class From : std::uint8_t {
  start,
  last_lines,  ///< Look::lines of them
  now,
};

struct Look {
  From from = From::start;
  std::uint64_t lines = 0;
  bool if_failed = false;  ///< show nothing before the run is over, and then only if its status is not 0
  /// Is given all that there is, in the order in which it came. Where it fails, nobody looks any more.
  os::Result<void> (*show)(os::Stream stream, std::string_view bytes) noexcept = nullptr;
};

struct Followed {
  Ended ended;
  std::uint64_t missed = 0;  ///< bytes of output that were no longer kept
};

/// Shows the output of a run until it is over. Code::absent: it is not kept, and nothing was shown; Code::lost: the
/// supervisor was killed, and what it had read until then was shown; Code::timed_out: `deadline_ns` of the monotonic
/// clock (-1: none) has passed; what `show` says.
os::Result<Followed> follow_output(Talk& talk, const Look& look, std::int64_t deadline_ns) noexcept;

}  // namespace shm::guard
