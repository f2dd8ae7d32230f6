// Taking a job, or learning who has it. A job is held by who has, in this order:
//   1. a flock on its lock file (shared for --shared and --slots),
//   2. the same on its record's file: if somebody has deleted the lock file, this is still refused,
//   3. no live run in its record that excludes this one: a command may close what it inherited, and its supervisor die,
//   4. with slots, a flock on one slot's file.
// Lock and record must still have their names afterwards; else somebody removed the job meanwhile, and it starts over.
// Two copies never run, whatever is killed when; what of this is missing after a kill is missing on the side of "free".
#pragma once
#include "guard/hold.hpp"
#include "guard/holder.hpp"
#include "guard/pause.hpp"
#include "guard/why.hpp"

namespace shm::guard {

inline constexpr std::int64_t for_ever = -1;

/// Who keeps the one place of those who wait (Want::one_waits).
enum class Keep : std::uint8_t { newest, oldest };

struct Want {
  Mode mode = Mode::exclusive;
  std::uint32_t slots = 0;                    ///< with Mode::slot: how many may run at once, at least 1
  bool wait = false;                          ///< for a busy job
  std::int64_t deadline_ns = for_ever;        ///< of the monotonic clock, with `wait`
  bool one_waits = false;                     ///< with `wait`: only one caller at a time waits so (place.hpp),
  Keep keep = Keep::newest;                   ///< and who gives way
  std::int64_t once_per_ns = 0;               ///< refuse if a run began less than that ago (admission.hpp)
  std::int64_t start_deadline_ns = for_ever;  ///< of the clock that counts suspend: nothing begins later
  std::int64_t jitter_ns = 0;                 ///< first sleep for a part of this, by chance
  bool replace = false;                       ///< end who runs it (replace.hpp); with `deadline_ns`
  std::int64_t replace_older_ns = 0;          ///< but only runs that have lasted so long; others are as `wait` says
  std::int64_t kill_after_ns = -1;            ///< with `replace`: from TERM to KILL; -1: as that run was told
  bool via_socket = false;        ///< the job is held by this process alone, not by its command too (channel.hpp)
  int descriptor = -1;            ///< lock this open file of the caller's, not one of its own (descriptor.hpp)
  bool briefly = false;           ///< who holds it is only to be told to people (see Asked), and then the process ends
  bool held_is_skipped = true;    ///< a job that is held is a refusal, to be counted; false: the caller deals with it
  bool inside_a_run = false;      ///< this process is part of some run, or may be: see whether it is of this one
  std::uint64_t outer_token = 0;  ///< see runs_inside()
  std::string_view trigger;       ///< for the record; empty: the name of the process that called
};

struct Busy {
  using Why = guard::Why;
  Why why = Why::held;
  Pause pause;                       ///< with paused
  std::int64_t due_ns = 0;           ///< with too_soon: from when on a run may begin; 1970, UTC
  std::vector<Holder> holders;       ///< those in the way; may be empty, where nothing can be found out
  std::uint64_t skips_in_a_row = 0;  ///< refusals since the last run, with this one; 0: it is none of them
  Trigger trigger;                   ///< of this call, where its refusal is on record
};

struct Outcome {
  std::optional<Hold> hold;  ///< the job is taken
  Busy busy;                 ///< or this is why not
};

/// Takes job `name`, waiting for it as `want` says; signals keep their dispositions meanwhile. A refusal is counted in
/// the job's record. Code::denied, untrusted, corrupt, full: nothing can be said about the job, and nothing must run.
os::Result<Outcome> acquire(const store::Store& store, std::string_view name, const Want& want) noexcept;

}  // namespace shm::guard
