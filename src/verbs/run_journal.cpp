#include "verbs/run_journal.hpp"
#include <fmt/core.h>
#include <cstdlib>
#include "cli/duration.hpp"
#include "cli/failure.hpp"
#include "cli/printable.hpp"
#include "os/journal.hpp"
#include "verbs/common.hpp"
#include "verbs/job_json.hpp"
#include "verbs/job_text.hpp"
#include "verbs/outcome.hpp"

namespace shm::verbs {

namespace {
constexpr std::int64_t microsecond_ns = 1000;

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// " (3 tries, 4 failures in a row)", or nothing where there is nothing to add.
std::string remarks(unsigned tries, std::uint64_t in_a_row, std::string_view of_what) {
  std::string text;
  if (tries > 1) {
    text = fmt::format("{} tries", tries);
  }
  if (in_a_row > 1) {
    text += fmt::format("{}{} {} in a row", text.empty() ? "" : ", ", in_a_row, of_what);
  }
  return text.empty() ? text : " (" + text + ")";
}

/// "Job backup failed with status 2 after 3.2 s (4 failures in a row)"; `line`: of a command that could not be run.
std::string sentence_of(std::string_view job, const guard::Ended& ended, std::uint64_t failures,
                        std::string_view line) {
  const std::string after = " after " + how_long(ended.duration_ns);
  const std::string more = remarks(ended.tries, failures, "failures");
  if (ended.ending == guard::Ending::exited && ended.status == 0) {
    return std::string("Job ").append(job).append(" succeeded").append(after).append(more);  // cheaper than fmt
  }
  switch (ended.ending) {
    case guard::Ending::exited: return fmt::format("Job {} failed with status {}{}{}", job, ended.status, after, more);
    case guard::Ending::signalled:
      return fmt::format("Job {} was killed by signal {}{}{}", job, signal_name(ended.signal), after, more);
    case guard::Ending::timed_out: return fmt::format("Job {} was ended{}: its time was up{}", job, after, more);
    case guard::Ending::stopped: return fmt::format("Job {} was stopped on request{}", job, after);
    case guard::Ending::not_runnable: return fmt::format("Job {} could not run: {}{}", job, cli::printable(line), more);
    case guard::Ending::lost: break;
  }
  return fmt::format("Job {} has ended, and nobody saw how", job);
}

void add_words(os::JournalEntry& entry, const std::vector<std::string>& operands) {
  if (operands.size() == 2) {
    entry.add("SHMCTL_COMMAND", operands[1]);
  } else if (operands.size() > 2) {
    std::string line = operands[1];
    for (std::size_t i = 2; i < operands.size(); ++i) {
      line += ' ';
      line += operands[i];
    }
    entry.add("SHMCTL_COMMAND", line);
  }
}
}  // namespace

RunJournal::RunJournal(const cli::Call& call) : call_(call) {
  const auto option = call.argument("journal");
  const std::string_view said = option ? *option : variable("SHMCTL_JOURNAL");
  if (said == "failures") {
    which_ = Which::failures;
  } else if (said == "none") {
    which_ = Which::none;
  } else if (!said.empty() && said != "all") {
    refuse(call, fmt::format("SHMCTL_JOURNAL '{}': not one of all|failures|none", said));
  }
  asked_ = !said.empty();
}

bool RunJournal::wants(const JournalMessage& message) const noexcept {
  return which_ == Which::all || (which_ == Which::failures && message.sort == Sort::failure);
}

os::JournalEntry RunJournal::begin(const JournalMessage& message, std::string_view sentence) const {
  os::JournalEntry entry;
  entry.add("MESSAGE", sentence).add("MESSAGE_ID", message.id);
  entry.add("PRIORITY", static_cast<std::uint64_t>(message.priority));
  entry.add("SYSLOG_IDENTIFIER", "shmctl").add("SHMCTL_JOB", call_.operands[0]);
  if (store_ != nullptr) {
    entry.add("SHMCTL_STORE", store::absolute_path(*store_).view());
  }
  entry.add("SHMCTL_OUTCOME", message.outcome);
  return entry;
}

os::JournalEntry RunJournal::begin(const JournalMessage& message, std::string_view sentence, int status) const {
  os::JournalEntry entry = begin(message, sentence);
  entry.add("EXIT_STATUS", static_cast<std::int64_t>(status));
  add_words(entry, call_.operands);
  return entry;
}

bool RunJournal::send(const os::JournalEntry& entry) const {
  const bool by_stderr = os::goes_to_journal(os::Stream::error, variable("JOURNAL_STREAM"));
  if (const auto sent = entry.send(by_stderr ? os::Until::looked_at : os::Until::sent); !sent) {
    if (asked_) {
      cli::complain(cli::message_of(sent.error()));
    }
    return false;
  }
  return by_stderr;
}

bool RunJournal::ended(const guard::Hold& hold, const guard::Ended& ended, std::string_view line) const {
  const JournalMessage& message = *journal_message(outcome_of(ended));
  if (!wants(message)) {
    return false;
  }
  const std::uint64_t failures = hold.failures_in_a_row();
  auto entry = begin(message, sentence_of(call_.operands[0], ended, failures, line), ended.status);
  entry.add("SHMCTL_TOKEN", hold.token()).add("SHMCTL_TRIGGER", hold.trigger());
  entry.add("SHMCTL_START_USEC", hold.since_ns() / microsecond_ns);
  entry.add("SHMCTL_DURATION_USEC", ended.duration_ns / microsecond_ns);
  entry.add("SHMCTL_CPU_USEC", ended.usage.user_us + ended.usage.system_us);
  entry.add("SHMCTL_MEMORY_KIB", ended.usage.most_memory_kib);
  if (ended.tries != 1) {
    entry.add("SHMCTL_TRIES", std::uint64_t{ended.tries});
  }
  if (ended.signal != 0) {
    entry.add("SHMCTL_SIGNAL", signal_name(ended.signal));
  }
  if (hold.mode() == guard::Mode::slot) {
    entry.add("SHMCTL_SLOT", std::uint64_t{hold.slot()});
  }
  if (failures != 0) {
    entry.add("SHMCTL_FAILURES", failures);
  }
  if (ended.exec_errno != 0) {
    entry.add("ERRNO", std::int64_t{ended.exec_errno});
  }
  return send(entry);
}

bool RunJournal::refused(const guard::Busy& busy, int status, std::string_view line) const {
  const JournalMessage& message = *journal_message(outcome_of(busy.why));
  if (!wants(message)) {
    return false;
  }
  const bool skip = message.sort == Sort::skip;
  auto entry = begin(message,
                     fmt::format("Job {} {}: {}{}", call_.operands[0], skip ? "was skipped" : "could not run", line,
                                 remarks(0, busy.skips_in_a_row, "skips")),
                     status);
  entry.add("SHMCTL_WHY", guard::name_of(busy.why));
  if (!busy.trigger.empty()) {
    entry.add("SHMCTL_TRIGGER", busy.trigger.view());
  }
  if (busy.skips_in_a_row != 0) {
    entry.add("SHMCTL_SKIPS", busy.skips_in_a_row);
  }
  if (!busy.holders.empty()) {
    const auto& holder = busy.holders.front();
    entry.add("SHMCTL_HOLDER_PID", std::int64_t{shown_pid(holder)});
    entry.add("SHMCTL_HOLDER_COMMAND", holder.command_line.view());
    if (holder.recorded) {
      entry.add("SHMCTL_HOLDER_TOKEN", holder.token).add("SHMCTL_HOLDER_START_USEC", holder.since_ns / microsecond_ns);
    }
  }
  return send(entry);
}

bool RunJournal::settled(std::string_view outcome, int status) const {
  const JournalMessage& message = *journal_message(outcome);
  if (!wants(message)) {
    return false;
  }
  const auto& job = call_.operands[0];
  return send(begin(message,
                    outcome == "joined"
                        ? fmt::format("Job {} ran already: this call joined that run, with status {}", job, status)
                        : fmt::format("Job {} runs already: this call was handed over to that run", job),
                    status));
}

void RunJournal::lost(const guard::Snapshot& run) const {
  const JournalMessage& message = *journal_message("lost");
  if (!wants(message)) {
    return;
  }
  auto entry = begin(message, fmt::format("Job {}: nobody saw the end of the run that began at {}", call_.operands[0],
                                          cli::format_time(run.since_ns)));
  entry.add("SHMCTL_COMMAND", run.command.view()).add("SHMCTL_TOKEN", run.token);
  entry.add("SHMCTL_TRIGGER", run.trigger.view()).add("SHMCTL_START_USEC", run.since_ns / microsecond_ns);
  (void)send(entry);
}

bool RunJournal::failed(const os::Error& error) const {
  const JournalMessage& message = *journal_message("error");
  if (!wants(message)) {
    return false;
  }
  auto entry =
      begin(message, fmt::format("Job {} could not run: {}", call_.operands[0], cli::printable(cli::message_of(error))),
            cli::status_of(error.code));
  if (error.sys_errno != 0) {
    entry.add("ERRNO", std::int64_t{error.sys_errno});
  }
  return send(entry);
}

}  // namespace shm::verbs
