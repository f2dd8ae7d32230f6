#include "verbs/run_report.hpp"
#include <fmt/core.h>
#include <charconv>
#include "cli/failure.hpp"
#include "hot/outcome.hpp"
#include "os/clock.hpp"
#include "verbs/common.hpp"
#include "verbs/job_json.hpp"

namespace shm::verbs {

namespace {
constexpr int time_digits = 3;

/// What the options say is wrong with the call, not with the machine.
os::Outlet must_open(const cli::Call& call, os::Result<os::Outlet> outlet) {
  if (!outlet && (outlet.error().code == os::Code::usage || outlet.error().code == os::Code::absent)) {
    refuse(call, cli::message_of(outlet.error()));
  }
  return cli::must(std::move(outlet));
}

/// -1, which is no descriptor, where it is no number.
int number_in(std::string_view text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : -1;
}
}  // namespace

RunReport::RunReport(const cli::Call& call) : job_(call.operands[0]), journal_(call), alert_(call) {
  if (const auto number = call.argument("status-fd")) {
    if (number_in(*number) < 0) {
      refuse(call, fmt::format("--status-fd '{}': not the number of a descriptor", *number));
    }
    outlets_.push_back(must_open(call, os::Outlet::descriptor(number_in(*number))));
  }
  if (const auto path = call.argument("status-file")) {
    outlets_.push_back(must_open(call, os::Outlet::file(*path)));
  }
}

void RunReport::taken(const guard::Hold& hold) const {
  if (hold.lost()) {
    journal_->lost(*hold.lost());
  }
}

void RunReport::say(std::string_view line) const { cli::complain(fmt::format("run {}: {}", job_, line)); }

void RunReport::ended(const guard::Hold& hold, const guard::Ended& ended, std::string_view line) const {
  const bool said = journal_->ended(hold, ended, line);
  if (!line.empty() && !said) {
    say(line);
  }
  if (!outlets_.empty()) {
    write_ended(hold, ended);
  }
  alert_.tell({hot::outcome_of(ended), ended.status, hold.failures_in_a_row(), 0});
}

void RunReport::write_ended(const guard::Hold& hold, const guard::Ended& ended) const {
  cli::Json json;
  json.add("job", job_).add("outcome", hot::outcome_of(ended)).add("status", ended.status);
  add_signal(json, "signal", ended.signal);
  add_seconds(json, "start", hold.since_ns(), time_digits);
  add_seconds(json, "end", hold.since_ns() + ended.duration_ns, time_digits);
  add_effort(json, ended);
  write(json.add("token", hold.token()));
}

void RunReport::refused(const guard::Busy& busy, int status, std::string_view line, bool quietly) const {
  const bool said = journal_->refused(busy, status, line);
  if (!quietly && !said) {
    say(line);
  }
  if (!outlets_.empty()) {
    write_refused(busy, status);
  }
  alert_.tell({hot::outcome_of(busy.why), status, 0, busy.skips_in_a_row});
}

void RunReport::write_refused(const guard::Busy& busy, int status) const {
  cli::Json json;
  json.add("job", job_)
      .add("outcome", hot::outcome_of(busy.why))
      .add("status", status)
      .add("why", guard::name_of(busy.why));
  add_seconds(json, "end", os::realtime_ns(), time_digits);
  json.add("skips_in_a_row", busy.skips_in_a_row);
  if (busy.holders.empty()) {
    json.add_null("holder");
  } else {
    json.add_raw("holder", json_of(busy.holders.front()).text());
  }
  write(json);
}

void RunReport::settled(std::string_view outcome, int status) const {
  journal_->settled(outcome, status);
  if (outlets_.empty()) {
    return;
  }
  cli::Json json;
  json.add("job", job_).add("outcome", outcome).add("status", status);
  add_seconds(json, "end", os::realtime_ns(), time_digits);
  write(json);
}

bool RunReport::failed(const os::Error& error) const {
  const bool said = journal_->failed(error);
  if (outlets_.empty()) {
    return said;
  }
  cli::Json json;
  json.add("job", job_).add("outcome", "error").add("status", cli::status_of(error.code));
  add_seconds(json, "end", os::realtime_ns(), time_digits);
  write(json.add("error", cli::message_of(error)));
  return said;
}

void RunReport::write(const cli::Json& json) const {
  const std::string line = json.text() + "\n";
  for (const auto& outlet : outlets_) {
    if (const auto written = outlet.write(line); !written) {
      cli::complain(cli::message_of(written.error()));
    }
  }
}

}  // namespace shm::verbs
