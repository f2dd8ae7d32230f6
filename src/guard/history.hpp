// What a job's record keeps of the runs that are over and of the calls that were refused: two rings of slots, of which
// the newest takes the oldest one's place. Written by who ends a run or refuses a call, read by everybody.
// Invariants: a slot is written by one pwrite within a page, which a kill leaves undone or done; its checksum tells a
// reader who looks in the middle of it, and what was damaged. A slot belongs to the number in it, modulo the ring's
// size. What is lost by a kill between a number and its slot is one line of history, and no count.
#pragma once
#include <optional>
#include <vector>
#include "guard/ended.hpp"
#include "guard/entry.hpp"
#include "guard/trigger.hpp"
#include "guard/why.hpp"

namespace shm::guard {

inline constexpr std::size_t kept_runs = 64;
inline constexpr std::size_t kept_refusals = 32;

/// A run that is over, or is under way: then `ended` is nothing.
struct PastRun {
  std::uint64_t token = 0;
  std::int64_t start_ns = 0;  ///< 1970, UTC
  std::int64_t end_ns = 0;    ///< 0: not known, for Ending::lost
  std::optional<Ended> ended;
  int pid = 0;  ///< of the command, in its own pid namespace; 0: not known
  std::uint32_t uid = 0;
  Trigger trigger;
};

struct Refusal {
  std::int64_t when_ns = 0;  ///< 1970, UTC
  Why why = Why::held;
  int pid = 0;  ///< who asked, in its own pid namespace
  std::uint32_t uid = 0;
  Trigger trigger;
  std::uint64_t holder_token = 0;  ///< 0: no holder, or not known
  int holder_pid = 0;              ///< its command
};

// For a Record open for writing.
void note_run(const Record& record, const PastRun& run) noexcept;
void note_refusal(const Record& record, const Refusal& refusal) noexcept;
/// An entry that a killed supervisor left behind, and whose command has ended too: a run is lost. Noted and counted
/// once; the caller holds the entry's byte lock and clears it. `end_ns`: when it ended, 1970, UTC; 0: not known.
/// False: there was nothing to note.
bool note_lost(const Record& record, const Snapshot& snapshot, std::int64_t end_ns = 0) noexcept;

// Oldest first.
/// Those that are over, those that nobody has noted as lost yet, and those under way.
std::vector<PastRun> runs_of(const Record& record, const Here& here) noexcept;
/// How many of them nobody has noted as lost yet.
std::uint64_t unnoted_losses(const Record& record, const Here& here) noexcept;
std::vector<Refusal> refusals_of(const Record& record) noexcept;

}  // namespace shm::guard
