// What `run` says of its outcome to programs (--status-fd, --status-file), and then to people (--alert). Without these
// options it does nothing and costs nothing. Single-threaded.
#pragma once
#include <vector>
#include "cli/call.hpp"
#include "guard/acquire.hpp"
#include "os/outlet.hpp"
#include "verbs/run_alert.hpp"

namespace shm::verbs {

class RunReport {
 public:
  /// Looks at where to write, before anything begins. Throws Usage, Failure.
  explicit RunReport(const cli::Call& call);

  // One of these, once, when the outcome is settled and the job is given back. What can't be written is complained of,
  // and changes nothing.
  /// The command has run, or could not be.
  void ended(const guard::Hold& hold, const guard::Ended& ended) const;
  void refused(const guard::Busy& busy, int status) const;
  /// Another run was joined, or was given what this one was for.
  void settled(std::string_view outcome, int status) const;
  /// This call has failed.
  void failed(const os::Error& error) const;

 private:
  void write_ended(const guard::Hold& hold, const guard::Ended& ended) const;
  void write_refused(const guard::Busy& busy, int status) const;
  void write(const cli::Json& json) const;

  std::string_view job_;
  std::vector<os::Outlet> outlets_;
  RunAlert alert_;
};

}  // namespace shm::verbs
