// What `run` does when things go wrong again and again (--alert, --alert-after). Without these options it does nothing
// and costs nothing. Single-threaded.
#pragma once
#include <optional>
#include <string>
#include "cli/call.hpp"
#include "guard/alert.hpp"

namespace shm::verbs {

class RunAlert {
 public:
  /// Throws Usage.
  explicit RunAlert(const cli::Call& call);

  struct News {
    std::string_view outcome;  ///< as --status-fd has it
    int status = 0;
    std::uint64_t failures = 0;  ///< runs that failed in a row, the last one with them; 0: it has not
    std::uint64_t skips = 0;     ///< calls that were refused since the last run, this one with them; 0: it was not
  };
  /// The outcome is settled and told, and the job given back. Starts the command if it is time to.
  void tell(const News& news) const;

 private:
  std::string job_;
  std::string line_;
  std::uint64_t after_ = 1;
  std::optional<guard::Alert> alert_;
};

}  // namespace shm::verbs
