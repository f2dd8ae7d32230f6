#include "hot/run_journal.hpp"
#include <cstdlib>
#include "cli/message.hpp"
#include "cli/printable.hpp"
#include "cli/time_text.hpp"
#include "hot/job_text.hpp"
#include "hot/outcome.hpp"
#include "os/journal.hpp"
#include "os/signal_text.hpp"

namespace shm::hot {

namespace {
constexpr std::int64_t microsecond_ns = 1000;

std::string_view variable(const char* name) noexcept {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void add_printable(Line& line, std::string_view text) noexcept {
  cli::for_each_printable(text, [&line](char c) { line.add({&c, 1}); });
}

os::Text<16> signal_name(int signal) noexcept {
  const char* const name = os::signal_abbreviation(signal);
  return name != nullptr ? os::Text<16>(name) : os::Text<16>().add_decimal(static_cast<std::uint64_t>(signal));
}

/// " (3 tries, 4 failures in a row)", or nothing where there is nothing to add.
void add_remarks(Line& line, unsigned tries, std::uint64_t in_a_row, std::string_view of_what) noexcept {
  if (tries <= 1 && in_a_row <= 1) {
    return;
  }
  line.add(" (");
  if (tries > 1) {
    line.add_decimal(tries).add(in_a_row > 1 ? " tries, " : " tries");
  }
  if (in_a_row > 1) {
    line.add_decimal(in_a_row).add(" ").add(of_what).add(" in a row");
  }
  line.add(")");
}

/// "Job backup failed with status 2 after 3.2 s (4 failures in a row)"; `why`: of a command that could not be run.
Line sentence_of(std::string_view job, const guard::Ended& ended, std::uint64_t failures,
                 std::string_view why) noexcept {
  Line line("Job ");
  line.add(job);
  const auto add_span = [&] { line.add(" after ").add(cli::span_text(ended.duration_ns).view()); };
  switch (ended.ending) {
    case guard::Ending::exited:
      if (ended.status == 0) {
        line.add(" succeeded");
      } else {
        line.add(" failed with status ").add_decimal(static_cast<std::uint64_t>(ended.status));
      }
      add_span();
      break;
    case guard::Ending::signalled:
      line.add(" was killed by signal ").add(signal_name(ended.signal).view());
      add_span();
      break;
    case guard::Ending::timed_out:
      line.add(" was ended");
      add_span();
      line.add(": its time was up");
      break;
    case guard::Ending::stopped:
      line.add(" was stopped on request");
      add_span();
      return line;
    case guard::Ending::not_runnable:
      line.add(" could not run: ");
      add_printable(line, why);
      break;
    case guard::Ending::lost: return line.add(" has ended, and nobody saw how");
  }
  add_remarks(line, ended.tries, failures, "failures");
  return line;
}

void add_words(os::JournalEntry& entry, char* const* words) noexcept {
  if (words == nullptr || *words == nullptr) {
    return;
  }
  os::Buffer line;
  bool whole = true;
  for (char* const* word = words; *word != nullptr; ++word) {
    whole = whole && (word == words || line.add(" ")) && line.add(std::string_view(*word));
  }
  entry.add("SHMCTL_COMMAND", whole ? line.view() : std::string_view(words[0]));
}
}  // namespace

std::string_view RunJournal::said(std::optional<std::string_view> option) noexcept {
  return option ? *option : variable("SHMCTL_JOURNAL");
}

bool RunJournal::choose(std::optional<std::string_view> option) noexcept {
  const std::string_view word = said(option);
  which_ = word == "failures" ? Which::failures : word == "none" ? Which::none : Which::all;
  asked_ = !word.empty();
  return which_ != Which::all || word.empty() || word == "all";
}

bool RunJournal::wants(const JournalMessage& message) const noexcept {
  const bool chosen = which_ == Which::all || (which_ == Which::failures && message.sort == Sort::failure);
  return chosen && (asked_ || os::has_journal());
}

bool RunJournal::wants(guard::Why why) const noexcept { return wants(*journal_message(outcome_of(why))); }

os::JournalEntry RunJournal::begin(const JournalMessage& message, std::string_view sentence) const noexcept {
  os::JournalEntry entry;
  entry.add("MESSAGE", sentence).add("MESSAGE_ID", message.id);
  entry.add("PRIORITY", static_cast<std::uint64_t>(message.priority));
  entry.add("SYSLOG_IDENTIFIER", "shmctl").add("SHMCTL_JOB", words_.job);
  if (store_ != nullptr) {
    entry.add("SHMCTL_STORE", store::absolute_path(*store_).view());
  }
  entry.add("SHMCTL_OUTCOME", message.outcome);
  return entry;
}

os::JournalEntry RunJournal::begin(const JournalMessage& message, std::string_view sentence,
                                   int status) const noexcept {
  os::JournalEntry entry = begin(message, sentence);
  entry.add("EXIT_STATUS", static_cast<std::int64_t>(status));
  add_words(entry, words_.command);
  return entry;
}

bool RunJournal::send(const os::JournalEntry& entry) const noexcept {
  const bool by_stderr = os::goes_to_journal(os::Stream::error, variable("JOURNAL_STREAM"));
  if (const auto sent = entry.send(by_stderr ? os::Until::looked_at : os::Until::sent); !sent) {
    if (asked_) {
      complain_(sent.error());
    }
    return false;
  }
  return by_stderr;
}

bool RunJournal::ended(const guard::Hold& hold, const guard::Ended& ended, std::string_view line) const noexcept {
  const JournalMessage& message = *journal_message(outcome_of(ended));
  return wants(message) && write_ended(message, hold, ended, line);
}

// Apart: what stands on the stack for it is paid for only where there is a journal.
[[gnu::noinline]] bool RunJournal::write_ended(const JournalMessage& message, const guard::Hold& hold,
                                               const guard::Ended& ended, std::string_view line) const noexcept {
  const std::uint64_t failures = hold.failures_in_a_row();
  auto entry = begin(message, sentence_of(words_.job, ended, failures, line).view(), ended.status);
  entry.add("SHMCTL_TOKEN", hold.token()).add("SHMCTL_TRIGGER", hold.trigger());
  entry.add("SHMCTL_START_USEC", hold.since_ns() / microsecond_ns);
  entry.add("SHMCTL_DURATION_USEC", ended.duration_ns / microsecond_ns);
  entry.add("SHMCTL_CPU_USEC", ended.usage.user_us + ended.usage.system_us);
  entry.add("SHMCTL_MEMORY_KIB", ended.usage.most_memory_kib);
  if (ended.tries != 1) {
    entry.add("SHMCTL_TRIES", std::uint64_t{ended.tries});
  }
  if (ended.signal != 0) {
    entry.add("SHMCTL_SIGNAL", signal_name(ended.signal).view());
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

bool RunJournal::refused(const guard::Busy& busy, int status, std::string_view line) const noexcept {
  const JournalMessage& message = *journal_message(outcome_of(busy.why));
  return wants(message) && write_refused(message, busy, status, line);
}

[[gnu::noinline]] bool RunJournal::write_refused(const JournalMessage& message, const guard::Busy& busy, int status,
                                                 std::string_view line) const noexcept {
  Line sentence("Job ");
  sentence.add(words_.job).add(message.sort == Sort::skip ? " was skipped: " : " could not run: ").add(line);
  add_remarks(sentence, 0, busy.skips_in_a_row, "skips");
  auto entry = begin(message, sentence.view(), status);
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

bool RunJournal::settled(std::string_view outcome, int status) const noexcept {
  const JournalMessage& message = *journal_message(outcome);
  if (!wants(message)) {
    return false;
  }
  Line sentence("Job ");
  sentence.add(words_.job);
  if (outcome == "joined") {
    sentence.add(" ran already: this call joined that run, with status ");
    sentence.add_decimal(static_cast<std::uint64_t>(status));
  } else {
    sentence.add(" runs already: this call was handed over to that run");
  }
  return send(begin(message, sentence.view(), status));
}

void RunJournal::lost(const guard::Snapshot& run) const noexcept {
  const JournalMessage& message = *journal_message("lost");
  if (!wants(message)) {
    return;
  }
  Line sentence("Job ");
  sentence.add(words_.job).add(": nobody saw the end of the run that began at ");
  auto entry = begin(message, sentence.add(cli::time_text(run.since_ns).view()).view());
  entry.add("SHMCTL_COMMAND", run.command.view()).add("SHMCTL_TOKEN", run.token);
  entry.add("SHMCTL_TRIGGER", run.trigger.view()).add("SHMCTL_START_USEC", run.since_ns / microsecond_ns);
  (void)send(entry);
}

bool RunJournal::failed(const os::Error& error) const noexcept {
  const JournalMessage& message = *journal_message("error");
  if (!wants(message)) {
    return false;
  }
  Line sentence("Job ");
  sentence.add(words_.job).add(" could not run: ");
  add_printable(sentence, cli::message_text(error).view());
  auto entry = begin(message, sentence.view(), cli::status_of(error.code));
  if (error.sys_errno != 0) {
    entry.add("ERRNO", std::int64_t{error.sys_errno});
  }
  return send(entry);
}

}  // namespace shm::hot
