// metrics: what the jobs' records say. One row a family.
#include <fnmatch.h>
#include <algorithm>
#include <optional>
#include "guard/watch.hpp"
#include "verbs/common.hpp"
#include "verbs/metrics_parts.hpp"

namespace shm::verbs {

namespace {
using cli::metric_number;
using cli::MetricType;
using Number = std::optional<std::string>;

struct Row {
  const char* name;
  MetricType type;
  const char* unit;
  const char* help;
  /// Nothing: there is none, as long as the job has not been run.
  Number (*number)(const guard::View& view);
};

Number time_of(std::int64_t ns) { return ns == 0 ? std::nullopt : Number(cli::seconds_metric_number(ns)); }

// The names and what they mean are a promise to everybody who has written a rule or a graph.
constexpr Row rows[] = {
    {"shmctl_job_up", MetricType::gauge, "", "Whether the job is running now",
     [](const guard::View& job) { return Number(metric_number(job.state.running)); }},
    {"shmctl_job_holders", MetricType::gauge, "", "How many runs of the job are under way",
     [](const guard::View& job) {
       return Number(metric_number(std::uint64_t{job.state.running ? std::max(job.state.holders, 1U) : 0}));
     }},
    {"shmctl_job_waiters", MetricType::gauge, "", "How many calls wait for the job to be free",
     [](const guard::View& job) { return Number(metric_number(std::uint64_t{job.waiters.size()})); }},
    {"shmctl_job_paused", MetricType::gauge, "", "Whether the job is paused",
     [](const guard::View& job) { return Number(metric_number(job.state.pause.has_value())); }},
    {"shmctl_job_last_start_timestamp_seconds", MetricType::gauge, "seconds", "When the newest run began",
     [](const guard::View& job) { return time_of(job.state.last_start_ns); }},
    {"shmctl_job_last_end_timestamp_seconds", MetricType::gauge, "seconds", "When the run that ended last ended",
     [](const guard::View& job) { return time_of(job.state.last_end_ns); }},
    {"shmctl_job_last_success_timestamp_seconds", MetricType::gauge, "seconds",
     "When the newest run with exit status 0 ended",
     [](const guard::View& job) { return time_of(job.state.last_success_ns); }},
    {"shmctl_job_last_duration_seconds", MetricType::gauge, "seconds", "How long the run that ended last took",
     [](const guard::View& job) {
       return job.state.last_end_ns == 0 ? std::nullopt
                                         : Number(cli::seconds_metric_number(job.state.last_duration_ns));
     }},
    {"shmctl_job_last_status", MetricType::gauge, "", "Exit status of the run that ended last",
     [](const guard::View& job) {
       return job.state.last_status < 0 ? std::nullopt : Number(metric_number(std::int64_t{job.state.last_status}));
     }},
    {"shmctl_job_failures_in_a_row", MetricType::gauge, "", "Runs that failed or were lost since the last success",
     [](const guard::View& job) { return Number(metric_number(job.state.failures_in_a_row)); }},
    {"shmctl_job_skips_in_a_row", MetricType::gauge, "", "Calls that were refused since the last run",
     [](const guard::View& job) { return Number(metric_number(job.state.skips_in_a_row)); }},
    {"shmctl_job_runs", MetricType::counter, "", "Runs that began",
     [](const guard::View& job) { return Number(metric_number(job.state.runs)); }},
    {"shmctl_job_failures", MetricType::counter, "", "Runs that ended with an exit status other than 0",
     [](const guard::View& job) { return Number(metric_number(job.state.failures)); }},
    {"shmctl_job_lost", MetricType::counter, "", "Runs whose end nobody saw: they were killed with their supervisor",
     [](const guard::View& job) { return Number(metric_number(job.state.lost)); }},
    {"shmctl_job_skips", MetricType::counter, "", "Calls that were refused: the job was busy, paused or not due",
     [](const guard::View& job) { return Number(metric_number(job.state.skips)); }},
    {"shmctl_job_run_seconds", MetricType::counter, "seconds", "How long all runs that ended took together",
     [](const guard::View& job) {
       return job.state.total_ns < 0 ? std::nullopt : Number(cli::seconds_metric_number(job.state.total_ns));
     }},
};

cli::MetricFamily family_of(const Row& row) { return {row.name, row.type, row.unit, row.help}; }

std::vector<guard::JobState> jobs_of(const store::Store& store, const std::string& pattern) {
  struct Listing {
    const std::string& pattern;
    std::vector<guard::JobState> jobs;
  } listing{pattern, {}};
  cli::must(guard::list_jobs(
      store,
      [](void* context, const guard::JobState& job) {
        auto& wanted = *static_cast<Listing*>(context);
        if (wanted.pattern.empty() || ::fnmatch(wanted.pattern.c_str(), job.name.c_str(), 0) == 0) {
          wanted.jobs.push_back(job);
        }
        return true;
      },
      &listing));
  std::sort(listing.jobs.begin(), listing.jobs.end(), [](const guard::JobState& left, const guard::JobState& right) {
    return left.name.view() < right.name.view();
  });
  return std::move(listing.jobs);
}
}  // namespace

void declare_job_metrics(Gathered& gathered) {
  for (const auto& row : rows) {
    gathered.declare(family_of(row));
  }
}

void gather_jobs(Gathered& gathered, const store::Store& store, const std::string& pattern) {
  for (const auto& job : jobs_of(store, pattern)) {
    const auto name = job.name.view();
    if (job.damaged || job.hidden) {
      gathered.leave_out(job.damaged ? Gathered::Why::damaged : Gathered::Why::denied, name,
                         job.damaged ? "the job's record is damaged" : "no permission to read the job's record");
      continue;
    }
    guard::View view{job, {}, {}};
    if (job.running) {  // else nobody waits for it
      if (auto found = guard::view_job(store, name)) {
        view = std::move(*found);
      } else if (found.error().code != os::Code::absent) {
        gathered.leave_out(name, found.error());
        continue;
      } else {
        continue;  // removed since
      }
    }
    for (const auto& row : rows) {
      if (const auto number = row.number(view)) {
        gathered.add(family_of(row), {{"name", std::string(name)}}, *number);
      }
    }
  }
}

}  // namespace shm::verbs
