// Running a command under a job that is taken, until it is over: forwards signals, stops and goes on with it, ends it
// when its time is up, tries again as the plan says, and gives the job back. For the main thread of a single-threaded
// program; it takes over the signals of that program.
#pragma once
#include "guard/companion.hpp"
#include "guard/environment.hpp"

namespace shm::guard {

/// When the job is given back.
enum class Until : std::uint8_t {
  main,       ///< the command has ended
  tree,       ///< every descendant has ended
  kill_tree,  ///< the same, and what the command leaves behind is ended
};

/// After which ends the command is tried again, as long as there are retries left.
enum class Again : std::uint8_t { failure, success, any };

struct Plan {
  char* const* words = nullptr;        ///< the command, then null
  char* const* environment = nullptr;  ///< the command's, then null
  os::Circumstances circumstances;
  Until until = Until::main;
  bool passes_abort = false;     ///< SIGABRT is passed on as SIGTERM is: what a service manager's watchdog sends
  std::int64_t timeout_ns = -1;  ///< of each try; -1: none
  std::int64_t kill_after_ns = 10'000'000'000;  ///< from asking the tree to end to killing it
  unsigned retries = 0;                         ///< how many more tries there may be,
  Again again = Again::failure;                 ///< and after what
  std::int64_t backoff_ns = 1'000'000'000;      ///< before the next; the more failed in a row, twice as long each
  std::int64_t most_backoff_ns = 60'000'000'000;
  std::int64_t min_hold_ns = 0;            ///< the job is held for so long, though the command may have ended
  std::span<Companion* const> companions;  ///< at most most_companions
};

/// The job is given back, whatever comes of it. Code::full: there can be no more processes; nothing has run.
os::Result<Ended> supervise(Hold& hold, const Plan& plan) noexcept;

/// The same once for a command that is part of no job, and inherits the descriptors `keep`.
os::Result<Ended> supervise_unguarded(std::span<const int> keep, const Plan& plan) noexcept;

/// This process becomes the plan's command, with the descriptors `keep`; the errno of why not.
int become(std::span<const int> keep, const Plan& plan) noexcept;

}  // namespace shm::guard
