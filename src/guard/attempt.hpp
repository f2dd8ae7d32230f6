// One try to take a job with the files that its name stands for at this moment; acquire.cpp makes as many as it needs.
// For acquire.cpp and slots.cpp alone.
#pragma once
#include "guard/acquire.hpp"
#include "guard/place.hpp"
#include "guard/waiting.hpp"
#include "os/flock.hpp"

namespace shm::guard {

enum class Step : std::uint8_t {
  taken,
  again,  ///< the files were replaced meanwhile
  busy,
  timed_out,
  nested,
  displaced,
  occupied,
  paused,
  too_soon,
  too_late,
};

class Attempt {
 public:
  Attempt(const store::Store& store, std::string_view name, const Want& want) noexcept
      : store_(store), name_(name), want_(want) {}

  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;
  ~Attempt();

  os::Result<Step> run() noexcept;
  /// After `taken`.
  [[nodiscard]] Hold hold() noexcept;
  /// After `busy`, `timed_out` or `nested`: who was in the way.
  [[nodiscard]] std::vector<Holder> in_the_way() noexcept;
  /// The same where the record knows nobody: whoever has the files open.
  [[nodiscard]] std::vector<Holder> leftovers() const noexcept;
  /// After `too_soon`: from when on a run may begin; 1970, UTC.
  [[nodiscard]] std::int64_t due_ns() const noexcept { return due_ns_; }
  /// After `paused`.
  [[nodiscard]] Pause pause() const noexcept;
  /// With --once-per: whether it would be too soon to run, could the job be had; due_ns() says from when on it may.
  [[nodiscard]] bool too_soon() noexcept;
  void count_refusal(Busy& busy) const noexcept;
  /// After all of these, for a program about to end: the record is not closed. The locks are, for what was got of them
  /// is given back now.
  void leave_record_open() noexcept { record_->leave_open(); }

 private:
  os::Result<bool> open_files() noexcept;
  os::Result<bool> open_record() noexcept;
  os::Result<bool> open_borrowed() noexcept;
  os::Result<Step> take_file(const os::Fd& file, os::Sharing sharing) noexcept;
  [[nodiscard]] bool begin_waiting() noexcept;
  os::Result<Step> wait_for_file(const os::Fd& file, os::Sharing sharing) noexcept;
  os::Result<Step> wait_for_recorded() noexcept;
  os::Result<Step> wait_for_answering() noexcept;  // answering.cpp
  os::Result<Step> wait_for(const Holder& holder) noexcept;
  os::Result<bool> still_named() const noexcept;
  os::Result<void> begin_tokens() const noexcept;
  [[nodiscard]] bool is_nested() noexcept;
  // slots.cpp
  os::Result<Step> take_slot() noexcept;
  os::Result<Step> try_slots() noexcept;
  os::Result<Step> try_slot(std::uint32_t slot, const std::vector<Holder>& holders) noexcept;

  const store::Store& store_;
  std::string_view name_;
  const Want& want_;
  Here here_;  // once the record is open
  std::optional<Record> record_;
  Hold::Locks locks_;
  std::optional<Waiting> waiting_;  // once there is something to wait for
  Trigger trigger_;                 // as it was before the wait: who called may be gone after it
  std::optional<Place> place_;      // the same with --on-busy queue
  std::vector<Holder> answering_;   // what wait_for_answering() has found
  os::FileInfo lock_info_;
  os::FileInfo record_info_;
  std::uint32_t slot_ = 0;
  std::int64_t due_ns_ = 0;
};

}  // namespace shm::guard
