// What an answer of `metrics` is made of. Only metrics*.cpp include this. Single-threaded.
// Invariant: what can't be looked at spoils nothing else: it is left out, and counted by the reason.
#pragma once
#include <map>
#include <string>
#include <vector>
#include "cli/call.hpp"
#include "cli/open_metrics.hpp"
#include "store/store.hpp"

namespace shm::verbs {

class Gathered {
 public:
  /// Why something is left out.
  enum class Why : std::uint8_t {
    damaged,
    denied,   ///< no permission to read it
    busy,     ///< it is being changed by a process that is stopped
    unknown,  ///< it could not be looked at: no memory, no descriptors
    unfit,    ///< it holds no number that such a metric can have
    clash,    ///< another metric has its name, or its name and labels
  };

  /// Labels that all metrics get beside their own.
  explicit Gathered(cli::Labels everywhere) : everywhere_(std::move(everywhere)) {}

  /// Without this, no such family is in the answer, and anybody may take its name.
  void declare(const cli::MetricFamily& family) { (void)set_.declare(family); }
  cli::MetricSet::Added add(const cli::MetricFamily& family, cli::Labels labels, std::string_view number);
  void leave_out(Why why, std::string_view name, std::string_view explanation);
  void leave_out(std::string_view name, const os::Error& error);

  /// A line for each thing that was left out: "NAME: WHY".
  [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }
  /// All of it, with what was left out counted.
  [[nodiscard]] std::string text(cli::MetricFormat format);

 private:
  cli::Labels everywhere_;
  cli::MetricSet set_;
  std::map<Why, std::uint64_t> left_out_;
  std::vector<std::string> lines_;
};

/// Of jobs whose name matches `pattern`; of all if it is empty.
void declare_job_metrics(Gathered& gathered);
void gather_jobs(Gathered& gathered, const store::Store& store, const std::string& pattern);
/// Of what `--export` and the store's marks say.
void gather_objects(Gathered& gathered, cli::Call& call, const store::Store& store);

/// All that the call asks for. Throws Failure only where the store itself can't be used.
Gathered gather(cli::Call& call);

/// Answers one request on standard input and output, and returns the exit status.
int answer_http(cli::Call& call);

}  // namespace shm::verbs
