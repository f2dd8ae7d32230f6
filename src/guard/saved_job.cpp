#include "guard/saved_job.hpp"
#include <algorithm>

namespace shm::guard {

namespace {
using os::Code;
using os::Result;

constexpr int tries = 100;  // each means that somebody made the job anew in between

std::uint64_t bits(std::int64_t time_ns) noexcept { return static_cast<std::uint64_t>(time_ns); }

void fill(Summary& summary, const JobState& state) noexcept {
  summary.token.store(state.token);
  summary.restored.store(1);
  summary.runs.store(state.runs);
  summary.failures.store(state.failures);
  summary.lost.store(state.lost);
  summary.skips.store(state.skips);
  summary.skips_in_a_row.store(state.skips_in_a_row);
  summary.failures_in_a_row.store(state.failures_in_a_row);
  summary.last_status.store(state.last_status < 0 ? 0 : static_cast<std::uint64_t>(state.last_status) + 1);
  summary.last_ending.store(state.last_lost ? static_cast<std::uint64_t>(Ending::lost) : 0);
  summary.last_start_ns.store(bits(state.last_start_ns));
  summary.last_end_ns.store(bits(state.last_end_ns));
  summary.last_success_ns.store(bits(state.last_success_ns));
  summary.last_duration_ns.store(bits(state.last_duration_ns));
  summary.total_ns.store(bits(state.total_ns));
  summary.due_ns.store(bits(state.due_ns));
}

Result<void> make_job(const store::Store& store, const SavedJob& job) noexcept {
  os::FileName temporary;
  auto record = Record::make(store, job.state.name.view(), &temporary);
  if (!record) {
    return std::unexpected(record.error());
  }
  Summary& summary = record->summary();
  fill(summary, job.state);
  for (const PastRun& run : job.runs) {
    if (run.ended) {
      note_run(*record, run);
      continue;
    }
    PastRun lost = run;
    lost.ended.emplace().ending = Ending::lost;
    note_run(*record, lost);
    summary.lost.add(1);
    summary.failures_in_a_row.add(1);
    summary.last_ending.store(static_cast<std::uint64_t>(Ending::lost));
  }
  for (const Refusal& refusal : job.refusals) {
    note_refusal(*record, refusal);
  }
  if (job.state.pause) {
    if (auto paused = put_pause(*record, *job.state.pause); !paused) {
      return std::unexpected(os::fail_errno(paused.error().sys_errno, "restore job", job.state.name.view()));
    }
  }
  return record->publish(store, temporary);
}
}  // namespace

Result<SavedJob> look_at_job(const store::Store& store, std::string_view name) noexcept {
  SavedJob job;
  auto state = describe_job(store, name);
  if (!state) {
    return std::unexpected(state.error());
  }
  job.state = *state;
  const auto record = Record::open(store, name, os::Access::read);
  if (!record) {
    return record.error().code == Code::absent && job.state.runs == 0 ? Result<SavedJob>(std::move(job))
                                                                      : std::unexpected(record.error());
  }
  job.runs = runs_of(*record, Here::look());
  for (const PastRun& run : job.runs) {  // one may have begun since the state was read
    job.state.token = std::max(job.state.token, run.token);
  }
  job.refusals = refusals_of(*record);
  return job;
}

Result<void> restore_job(const store::Store& store, const SavedJob& job, os::Taken taken) noexcept {
  const auto name = job.state.name.view();
  if (auto valid = store::check_name(name); !valid) {
    return valid;
  }
  for (int turn = 0; turn < tries; ++turn) {
    if (taken == os::Taken::replace) {
      const auto removed = remove_job(store, name);
      if (!removed && removed.error().code != Code::absent) {
        return removed;
      }
    }
    const auto made = make_job(store, job);
    if (made || made.error().code != Code::exists || taken == os::Taken::refuse) {
      return made;
    }
  }
  return std::unexpected(os::fail(Code::busy, "restore job", name, "somebody keeps making it", "stop what runs it"));
}

}  // namespace shm::guard
