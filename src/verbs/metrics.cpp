// metrics: the answer as a whole, and where it goes.
#include "verbs/metrics.hpp"
#include <fmt/core.h>
#include <algorithm>
#include "os/outlet.hpp"
#include "verbs/common.hpp"
#include "verbs/export_rule.hpp"
#include "verbs/metrics_parts.hpp"

namespace shm::verbs {

namespace {
using cli::MetricFamily;
using cli::MetricFormat;
using cli::MetricType;
using Why = Gathered::Why;

// Made where they are needed: constants of this type would be made at every start of the program.
MetricFamily build() {
  return {"shmctl_build", MetricType::info, "", "The version of the shmctl that made these metrics"};
}
MetricFamily shown_store() {
  return {"shmctl_store", MetricType::info, "", "The store whose jobs and objects are here"};
}
MetricFamily left_out() {
  return {"shmctl_metrics_left_out", MetricType::gauge, "", "Jobs and objects that could not be shown, by the reason"};
}

std::string_view word_of(Why why) {
  switch (why) {
    case Why::damaged: return "damaged";
    case Why::denied: return "denied";
    case Why::busy: return "busy";
    case Why::unfit: return "unfit";
    case Why::clash: return "clash";
    default: return "unknown";
  }
}

Why why_of(os::Code code) {
  switch (code) {
    case os::Code::corrupt:
    case os::Code::untrusted: return Why::damaged;
    case os::Code::denied: return Why::denied;
    case os::Code::busy:
    case os::Code::timed_out: return Why::busy;
    default: return Why::unknown;
  }
}

/// What the format is: as --format says; else that of the textfile collector for a file of its kind.
MetricFormat format_of(const cli::Call& call) {
  if (const auto said = call.argument("format")) {
    return *said == "prometheus" ? MetricFormat::prometheus : MetricFormat::openmetrics;
  }
  return call.argument("output").value_or("").ends_with(".prom") ? MetricFormat::prometheus : MetricFormat::openmetrics;
}
}  // namespace

cli::MetricSet::Added Gathered::add(const MetricFamily& family, cli::Labels labels, std::string_view number) {
  for (const auto& label : everywhere_) {
    if (std::none_of(labels.begin(), labels.end(), [&](const auto& own) { return own.name == label.name; })) {
      labels.push_back(label);
    }
  }
  return set_.add(family, labels, number);
}

void Gathered::leave_out(Why why, std::string_view name, std::string_view explanation) {
  ++left_out_[why];
  lines_.push_back(fmt::format("leave out '{}': {}", name, explanation));
}

void Gathered::leave_out(std::string_view name, const os::Error& error) {
  ++left_out_[why_of(error.code)];
  lines_.push_back(fmt::format("leave out '{}': {}", name, cli::message_of(error)));
}

std::string Gathered::text(MetricFormat format) {
  for (const auto why : {Why::damaged, Why::denied, Why::busy, Why::unknown, Why::unfit, Why::clash}) {
    add(left_out(), {{"reason", std::string(word_of(why))}}, cli::metric_number(left_out_[why]));
  }
  return set_.text(format);
}

Gathered gather(cli::Call& call) {
  cli::Labels labels;
  for (const auto& option : call.options) {
    if (option.name == "label") {
      labels.push_back(label_in(call, option.argument));
    }
  }
  Gathered gathered(std::move(labels));
  for (const auto& family : {build(), shown_store()}) {
    gathered.declare(family);
  }
  declare_job_metrics(gathered);
  gathered.declare(left_out());
  gathered.add(build(), {{"version", SHMCTL_VERSION}}, "1");
  if (const auto* store = find_store(call)) {
    gathered.add(shown_store(), {{"path", std::string(store->path())}}, "1");
    gather_jobs(gathered, *store, std::string(call.argument("jobs").value_or("")));
    gather_objects(gathered, call, *store);
  }
  return gathered;
}

int metrics(cli::Call& call) {
  const bool http = call.has("http");
  const auto file = call.argument("output");
  if (http && (file || call.has("format"))) {
    refuse(call, "--http goes without --output and --format (the request says which format it is)");
  }
  if (http) {
    return answer_http(call);
  }
  std::optional<os::Outlet> outlet;
  if (file) {
    outlet = cli::must(os::Outlet::file(*file, "write metrics to"));
  }
  auto gathered = gather(call);
  const std::string text = gathered.text(format_of(call));
  if (outlet) {
    cli::must(outlet->write(text));
    return call.status();
  }
  for (const auto& line : gathered.lines()) {
    cli::complain(line);
  }
  call.output.write(text);
  return call.status();
}

}  // namespace shm::verbs
