#include "hot/run.hpp"
#include <unistd.h>
#include <new>
#include "cli/message.hpp"
#include "cli/printable.hpp"
#include "guard/channel.hpp"
#include "hot/job_text.hpp"
#include "hot/run_journal.hpp"
#include "hot/run_words.hpp"
#include "os/ready.hpp"
#include "os/standard_streams.hpp"
#include "store/name.hpp"

namespace shm::hot {

namespace {
using os::Result;

constexpr std::size_t most_name = 4000;  // of a command whose name fits into a line

void complain(const os::Error& error) { cli::complain_of(cli::message_text(error)); }

void say(std::string_view job, std::string_view what) noexcept {
  Line line("shmctl: run ");
  for (const std::string_view part : {job, std::string_view(": "), what}) {
    cli::for_each_printable(part, [&line](char c) { line.add({&c, 1}); });
  }
  (void)os::write_to(os::Stream::error, line.add("\n").view());  // where it can't be said, nobody can be told
}

os::Text<2 * guard::command_bytes> joined(char* const* words) noexcept {
  os::Text<2 * guard::command_bytes> line;
  for (char* const* word = words; *word != nullptr && line.view().size() < guard::command_bytes; ++word) {
    line.add(word == words ? "" : " ").add(*word);
  }
  return line;
}

[[gnu::noinline]] int refuse(const RunWords& words, const RunJournal& journal, const guard::Busy& busy,
                             const guard::Want& want, bool quiet) noexcept {
  const bool told = !quiet || busy.why == guard::Why::nested;  // which is a mistake in a script, not a busy job
  if (!told && !journal.wants(busy.why)) {
    return status_busy;
  }
  const Line line = why_busy(busy, want);
  const bool said = journal.refused(busy, status_busy, line.view());
  if (!said && told) {
    say(words.job, line.view());
  }
  return status_busy;
}

// Apart from run_command(): a line is larger than a page of the stack, and would stand between what that calls.
[[gnu::noinline]] void say_not_runnable(const RunWords& words, const RunJournal& journal, const guard::Hold& hold,
                                        const guard::Ended& ended) noexcept {
  const Line line = why_not_runnable(ended, words.command[0]);
  if (!journal.ended(hold, ended, line.view())) {
    say(words.job, line.view());
  }
}

// The job is taken: its command, from the start to the end.
Result<int> run_command(const RunWords& words, const store::Store& store, guard::Plan& plan, const RunJournal& journal,
                        guard::Hold& hold) noexcept {
  if (!hold.begin(joined(words.command).view())) {
    return not_mine;
  }
  if (hold.lost()) {
    journal.lost(*hold.lost());
  }
  const guard::Environment environment(environ, words.job, hold);
  guard::Channel channel(store, words.job, hold);
  guard::Companion* const companions[] = {&channel};
  plan.environment = environment.get();
  plan.companions = companions;
  const auto ended = guard::supervise(hold, plan);
  if (!ended) {
    const bool said = journal.failed(ended.error());
    return said ? Result<int>(cli::status_of(ended.error().code)) : std::unexpected(ended.error());
  }
  if (ended->ending == guard::Ending::not_runnable) {
    say_not_runnable(words, journal, hold, *ended);
  } else {
    (void)journal.ended(hold, *ended, {});
  }
  return ended->status;
}
}  // namespace

Result<int> run(const Words& words, Host& host) {
  os::have_stack();
  auto usual = read_usual_run(words);
  if (!usual || !store::check_name(words.operands[0]) || std::string_view(words.command[0]).size() > most_name) {
    return not_mine;
  }
  const RunWords run{words.operands[0], words.command};
  RunJournal journal(run, complain);
  if (!journal.choose(words.argument("journal"))) {
    return not_mine;
  }
  const auto store = host.open_store(store::Missing::create);
  if (!store) {
    return not_mine;
  }
  journal.in_store(**store);
  host.using_object(run.job);
  // Never destroyed: this call ends with the run, and the kernel closes the files cheaper. Whatever went wrong has run
  // nothing, and the whole program finds the same.
  alignas(Result<guard::Outcome>) std::byte room[sizeof(Result<guard::Outcome>)];
  auto& outcome = *new (&room[0]) Result<guard::Outcome>(guard::acquire(**store, run.job, usual->want));
  if (!outcome) {
    return not_mine;
  }
  return outcome->hold ? run_command(run, **store, usual->plan, journal, *outcome->hold)
                       : refuse(run, journal, outcome->busy, usual->want, words.has("quiet"));
}

}  // namespace shm::hot
