// A job that this process has taken: its kernel locks, its entry in the record, its token. The command inherits the
// locks, so that they outlive a killed supervisor; release() ends them for whoever still has them.
// Made by acquire() alone; one thread.
#pragma once
#include <optional>
#include <span>
#include "guard/ended.hpp"
#include "guard/entry.hpp"

namespace shm::guard {

class Hold {
 public:
  /// Open for reading only, so that a command which inherits them can lock and no more.
  struct Locks {
    os::Fd record;  ///< the record's file; numbered below `job`, so that the kernel closes it first
    os::Fd job;     ///< the lock file
    os::Fd slot;    ///< with Mode::slot
  };

  /// How the job is given to the command: it inherits the locks, or they end with this process (--via socket).
  void set_via_socket(bool via_socket) noexcept { via_socket_ = via_socket; }

  Hold(Record record, Locks locks, const Here& here, Mode mode, std::uint32_t slot) noexcept
      : record_(std::move(record)), locks_(std::move(locks)), here_(here), mode_(mode), slot_(slot) {}

  /// What the run was started by, for the record; without it, the name of this process's parent (note_trigger()).
  void set_trigger(std::string_view said) noexcept { trigger_ = Trigger(said); }
  /// Writes the run down: an entry, the token, the counts. `command` is for people to read.
  os::Result<void> begin(std::string_view command) noexcept;
  /// After begin(), where nothing said what the run was started by: asks the system, and puts it down. Else does
  /// nothing. The supervisor does so while the command starts, which waits for enough already.
  void note_trigger() noexcept;
  /// After begin(): puts down that the job will be held for so long at least.
  void hold_for(std::int64_t ns) noexcept;
  /// The command is about to be started once more: it has no pid on record until then.
  void begin_again() noexcept;
  /// Instead of begin(): a run goes on that another supervisor began, in that entry, whose byte lock `record` has.
  void go_on(std::size_t entry, const Snapshot& run) noexcept;
  /// Instead of a run: writes down that `held` has the lock file open and so holds the job, which is not given back.
  os::Result<void> leave_to(const HeldOpen& held, std::string_view command) noexcept;
  /// The same for this process, which is about to become a command that inherited() is for.
  os::Result<void> leave_to_this_process(std::string_view command) noexcept;
  /// Writes down how the run ended, in its history too, and gives the job back.
  void end(const Ended& ended) noexcept;

  [[nodiscard]] std::uint64_t token() const noexcept { return token_; }
  [[nodiscard]] std::int64_t since_ns() const noexcept { return since_ns_; }  ///< 1970, UTC
  /// After begin(): an earlier run, if nobody saw its end and this one has found that out.
  [[nodiscard]] const std::optional<Snapshot>& lost() const noexcept { return lost_; }
  /// After begin() and note_trigger(): what the run was started by.
  [[nodiscard]] std::string_view trigger() const noexcept { return trigger_.view(); }
  /// After end(): how many runs in a row have failed, this one with them.
  [[nodiscard]] std::uint64_t failures_in_a_row() const noexcept { return failures_in_a_row_; }
  [[nodiscard]] Mode mode() const noexcept { return mode_; }
  [[nodiscard]] std::uint32_t slot() const noexcept { return slot_; }
  [[nodiscard]] bool via_socket() const noexcept { return via_socket_; }
  /// After begin(): which entry of the record is this run's; none where the record had no more.
  [[nodiscard]] std::optional<std::size_t> entry() const noexcept { return entry_; }
  /// What that entry says; false where there is none.
  bool look(Snapshot& snapshot) const noexcept;
  /// Whether nobody has removed the files that are locked.
  [[nodiscard]] bool has_names() const noexcept;
  /// The descriptors that the command is to inherit.
  [[nodiscard]] std::span<const int> inherited() const noexcept { return {&inherited_[0], inherited_count_}; }
  /// Where start_command() is to store the command's pid and start; null for a run that found no free entry.
  [[nodiscard]] std::int32_t* pid_place() const noexcept;
  [[nodiscard]] std::uint64_t* start_place() const noexcept;

 private:
  os::Result<void> take_entry() noexcept;
  void note_end(const Ended& ended) noexcept;
  bool take_entry_of(const HeldOpen& held) noexcept;
  void take_descriptors() noexcept;

  Record record_;
  Locks locks_;
  Here here_;
  Mode mode_;
  std::uint32_t slot_;
  bool via_socket_ = false;
  std::uint64_t token_ = 0;
  Trigger trigger_;
  int parent_ = 0;  // when the run began
  std::optional<Snapshot> lost_;
  std::uint32_t uid_ = 0;
  std::int64_t since_ns_ = 0;  // 1970, UTC
  std::int64_t began_ns_ = 0;  // monotonic
  std::uint64_t failures_in_a_row_ = 0;
  std::optional<std::size_t> entry_;
  int inherited_[3] = {};
  std::size_t inherited_count_ = 0;
};

/// The byte of the lock file that a run marks while it holds the job: `who` asks for it and disturbs nobody.
inline constexpr std::uint64_t held_mark = 0;

}  // namespace shm::guard
