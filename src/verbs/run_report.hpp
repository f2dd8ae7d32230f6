// What `run` says of its outcome: to the journal, to people on stderr, to programs (--status-fd, --status-file), and
// then to whom --alert calls. Without journal and options it does nothing and costs little. Single-threaded.
#pragma once
#include <vector>
#include "cli/call.hpp"
#include "guard/acquire.hpp"
#include "os/outlet.hpp"
#include "verbs/run_alert.hpp"
#include "verbs/run_journal.hpp"

namespace shm::verbs {

class RunReport {
 public:
  /// Looks at where to write, before anything begins. Throws Usage, Failure.
  explicit RunReport(const cli::Call& call);

  /// Where the job is, once that is known; it must last.
  void in_store(const store::Store& store) noexcept { journal_->in_store(store); }

  /// The job is taken; what that has shown of an earlier run is said.
  void taken(const guard::Hold& hold) const;

  // One of these, once, when the outcome is settled and the job is given back. What can't be written is complained of,
  // and changes nothing. `line` is said on stderr, unless it is empty.
  /// The command has run, or could not be.
  void ended(const guard::Hold& hold, const guard::Ended& ended, std::string_view line) const;
  /// `quietly`: the line is not for stderr.
  void refused(const guard::Busy& busy, int status, std::string_view line, bool quietly) const;
  /// Another run was joined, or was given what this one was for.
  void settled(std::string_view outcome, int status) const;
  /// This call has failed. True: the journal has it, and stderr is the journal, so that nobody needs to say it there.
  bool failed(const os::Error& error) const;

 private:
  void write_ended(const guard::Hold& hold, const guard::Ended& ended) const;
  void write_refused(const guard::Busy& busy, int status) const;
  void write(const cli::Json& json) const;
  void say(std::string_view line) const;

  std::string_view job_;
  RunJournal journal_;
  std::vector<os::Outlet> outlets_;
  RunAlert alert_;
};

}  // namespace shm::verbs
