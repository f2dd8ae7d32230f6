// The bytes of a job's record behind the file's header: a summary, one entry for each run that is under way, and the
// history of those that are over (history.hpp). They
// lie in shared memory and change under everybody's eyes, so every field is an atomic word and every value read from
// one is only believed as far as it can do no harm.
#pragma once
#include <cstdint>
#include "guard/trigger.hpp"
#include "store/header.hpp"

namespace shm::guard {

/// One 64-bit word of the record: each change of it is one instruction, whole or absent when its process is killed.
class Cell {
 public:
  [[nodiscard]] std::uint64_t load() const noexcept { return __atomic_load_n(&bits_, __ATOMIC_ACQUIRE); }
  void store(std::uint64_t bits) noexcept { __atomic_store_n(&bits_, bits, __ATOMIC_RELEASE); }
  std::uint64_t add(std::uint64_t more) noexcept { return __atomic_add_fetch(&bits_, more, __ATOMIC_ACQ_REL); }
  /// Puts `bits` there if it holds 0.
  void store_first(std::uint64_t bits) noexcept {
    std::uint64_t none = 0;
    __atomic_compare_exchange_n(&bits_, &none, bits, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
  }
  std::uint64_t exchange(std::uint64_t bits) noexcept { return __atomic_exchange_n(&bits_, bits, __ATOMIC_ACQ_REL); }
  /// Puts `bits` there if it holds `seen`; else false.
  bool replace(std::uint64_t seen, std::uint64_t bits) noexcept {
    return __atomic_compare_exchange_n(&bits_, &seen, bits, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
  }
  [[nodiscard]] std::uint64_t* address() noexcept { return &bits_; }

 private:
  std::uint64_t bits_;
};

inline constexpr std::uint16_t job_kind = 1000;  ///< Header::kind of a record: never reuse it
inline constexpr std::size_t command_bytes = 256;
inline constexpr std::size_t reason_bytes = 96;

struct Summary {
  Cell token;           ///< the last one given
  Cell runs;            ///< started
  Cell failures;        ///< ended with a status other than 0
  Cell lost;            ///< ended unseen
  Cell skips;           ///< refused
  Cell skips_in_a_row;  ///< refused since the last run
  Cell last_status;     ///< exit status + 1; 0: none yet
  Cell last_start_ns;   ///< since 1970, UTC
  Cell last_end_ns;
  Cell last_duration_ns;
  Cell releases;           ///< counts freed slots; who waits for one sleeps on its low half
  Cell failures_in_a_row;  ///< since the last success
  Cell total_ns;           ///< of all runs that ended
  Cell last_success_ns;    ///< end of the last run with status 0; since 1970, UTC
  Cell due_ns;             ///< before this moment no run was to start (--once-per); since 1970, UTC; 0: not known
  Cell run_events;         ///< ever written into the ring of runs (history.hpp)
  Cell skip_events;        ///< the same for refusals
  Cell pause_check;        ///< checksum of the pause (pause.hpp), which follows
  Cell paused_since_ns;    ///< 1970, UTC; 0: not paused
  Cell paused_until_ns;    ///< 1970, UTC; 0: until it is resumed
  Cell paused_by;          ///< a uid + 1
  Cell reason_size;        ///< bytes
  Cell reason[reason_bytes / sizeof(Cell)];
  Cell newest_waiter;  ///< with --on-busy queue: who has the one place (place.hpp)
  Cell last_ending;    ///< an Ending; 0: none yet
  Cell awaited;        ///< not 0: since it was last taken without waiting, somebody has gone to sleep for the job
  Cell restored;       ///< not 0: from a saved record (saved_job.hpp), after which there may have been other tokens
  Cell boot_high;      ///< of a record in memory: the boot that it is of (entry.hpp: Here),
  Cell boot_low;
  Cell boot_check;  ///< and whether these two are whole
  Cell reserved[7];
};
static_assert(sizeof(Summary) == 384,
              "the summary's layout is on disk: raise store::format_version and read the old too");

/// One run. Written by its supervisor alone, which holds the entry's byte lock (see record.hpp) as long as it lives.
struct Entry {
  Cell version;        ///< odd while the entry is filled in
  Cell state;          ///< 0: free; else pack_state()
  Cell command_pid;    ///< 0: not yet started; stored by the kernel, in its low half
  Cell command_from;   ///< the command started at this tick at the earliest,
  Cell command_until;  ///< and at this one at the latest; 0: not known
  Cell supervisor_pid;
  Cell boot_high;  ///< the boot that these pids are of
  Cell boot_low;
  Cell pid_namespace;  ///< and the pid namespace; 0: not known
  Cell since_ns;       ///< 1970, UTC
  Cell token;
  Cell command_size;   ///< bytes
  Cell hold_until_ns;  ///< the job is held until then at least; 1970, UTC; 0: as long as the command runs
  Cell descriptor;     ///< 0: a run. Else no run: its "command" holds the job by this descriptor less 1,
  Cell lock_device;    ///< which is open on this lock file (descriptor.hpp)
  Cell lock_inode;
  Cell uid;  ///< the supervisor's
  Cell trigger[trigger_bytes / sizeof(Cell)];
  Cell reserved[11];
  Cell command[command_bytes / sizeof(Cell)];
};
static_assert(sizeof(Entry) == 512, "the entry's layout is on disk: raise store::format_version and read the old too");

// A new record: header, summary and the first entries in one page, then the history. More entries follow behind that.
inline constexpr std::size_t page_size = 4096;
inline constexpr std::size_t summary_offset = sizeof(store::Header);
inline constexpr std::size_t entries_offset = summary_offset + sizeof(Summary);
inline constexpr std::size_t first_entries = (page_size - entries_offset) / sizeof(Entry);
inline constexpr std::size_t history_offset = page_size;
inline constexpr std::size_t history_size = 3 * page_size;  ///< see history.hpp
inline constexpr std::size_t more_entries_offset = history_offset + history_size;
inline constexpr std::size_t first_size = more_entries_offset;
inline constexpr std::size_t most_entries = 255;  ///< runs beyond that are guarded, but not recorded
inline constexpr std::size_t most_size = more_entries_offset + (most_entries - first_entries) * sizeof(Entry);
static_assert(entries_offset == 512 && first_entries == 7 && (most_size - first_size) % page_size == 0);

constexpr std::size_t entry_offset(std::size_t index) noexcept {
  return index < first_entries ? entries_offset + index * sizeof(Entry)
                               : more_entries_offset + (index - first_entries) * sizeof(Entry);
}

enum class Mode : std::uint8_t { exclusive = 1, shared = 2, slot = 3 };

/// A running entry's state: how it holds the job, which slot, and whether it ends with its supervisor (--via socket).
/// Never 0.
constexpr std::uint64_t pack_state(Mode mode, std::uint32_t slot, bool via_socket) noexcept {
  return static_cast<std::uint64_t>(mode) | (std::uint64_t{slot} << 8U) | (std::uint64_t{via_socket} << 40U);
}
constexpr Mode mode_of(std::uint64_t state) noexcept {
  const auto mode = static_cast<std::uint8_t>(state & 0xffU);
  return mode == 2 ? Mode::shared : mode == 3 ? Mode::slot : Mode::exclusive;
}
constexpr bool via_socket_of(std::uint64_t state) noexcept { return ((state >> 40U) & 1U) != 0; }
constexpr std::uint32_t slot_of(std::uint64_t state) noexcept { return static_cast<std::uint32_t>(state >> 8U); }

}  // namespace shm::guard
