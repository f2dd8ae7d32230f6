// How a run ended. A value; any thread.
#pragma once
#include <cstdint>
#include <string_view>
#include "os/spawn.hpp"

namespace shm::guard {

/// What has ended a run. On record as numbers: never reuse one.
enum class Ending : std::uint8_t {
  exited = 1,        ///< the command ended by itself
  signalled = 2,     ///< the command died of a signal
  timed_out = 3,     ///< its time was up (--timeout)
  stopped = 4,       ///< somebody asked for its end: stop, --on-busy replace
  not_runnable = 5,  ///< the command could not be run
  lost = 6,          ///< nobody saw the end: supervisor and command were killed, or the machine stopped
};
/// One word for people and programs: "exited", "signal", "timeout", "stopped", "not-runnable", "lost".
std::string_view name_of(Ending ending) noexcept;

/// What the command and those of its children that it waited for have used, over all tries.
struct Usage {
  std::int64_t user_us = 0;
  std::int64_t system_us = 0;
  std::int64_t most_memory_kib = 0;  ///< the largest resident set of one process
  std::int64_t blocks_read = 0;      ///< of 512 bytes, from the disk
  std::int64_t blocks_written = 0;
};

struct Ended {
  int status = 0;  ///< as `run` passes it on: the command's own, 128+N, 124, 126, 127
  Ending ending = Ending::exited;
  int signal = 0;      ///< with Ending::signalled, or where a signal ended what was timed out or stopped
  int exec_errno = 0;  ///< with Ending::not_runnable
  os::StartStep step = os::StartStep::run;  ///< then: what failed
  unsigned tries = 1;
  std::int64_t duration_ns = 0;  ///< from the start of the first try to the end of the last
  Usage usage;
};

}  // namespace shm::guard
