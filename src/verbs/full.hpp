// What only the full program can do: the same program linked with libsystemd, which is started where a call needs it.
// Most calls do not, and loading its libraries takes longer than they do. main says once, before anything else, which
// of the two this is. Single-threaded.
#pragma once
#include <memory>
#include <vector>
#include "cli/call.hpp"
#include "guard/acquire.hpp"
#include "guard/companion.hpp"
#include "store/store.hpp"

namespace shm::verbs {

struct RunRequest;

/// What stands between a run and the service manager: who tells it how far the run is, who asks it for a place for the
/// command. Called in this order: waiting(), then either refused(), or instead(), or taken(), the companion, and
/// ended(); where a run is taken over, adopted() alone comes before the companion. It is destroyed without any of these
/// where the call fails.
class Manager {
 public:
  Manager() = default;
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;
  virtual ~Manager() = default;

  /// The job is asked for from now on, which may take long.
  virtual void waiting(const store::Store& store, std::string_view job, const guard::Want& want);
  /// It can't be had.
  virtual void refused(const guard::Busy& busy);
  /// Another run does what this one was for; in words.
  virtual void instead(std::string_view what);
  /// A run is taken over whose command was started by another supervisor.
  virtual void adopted(const store::Store& store, const guard::Hold& hold);
  /// It is had; the command has not been started. Throws Failure: it will not be.
  virtual void taken(const guard::Hold& hold);
  /// The command's environment (each NAME=VALUE, no null at the end); what it points to must last as long as this.
  virtual void set_environment(std::vector<char*>& environment);
  /// Works beside the command; null: nothing does.
  virtual guard::Companion* companion() noexcept;
  /// It is over, and the job is given back.
  virtual void ended(const guard::Ended& ended);
};
using Managers = std::vector<std::unique_ptr<Manager>>;

struct Full {
  /// Those that a call of `run` has by its options and environment; they may change the request. Throws Usage, Failure.
  Managers (*managers)(const cli::Call& call, RunRequest& request);
  /// The verb.
  int (*logs)(cli::Call& call);
};

/// For the full program's main. `parts` lives as long as the program.
void this_is_full(const Full& parts) noexcept;

/// In the full program: its parts. In the other: becomes the full one, which begins again with the same words; so
/// nothing may have been done or read yet. Throws Failure where there is none.
const Full& need_full(const cli::Call& call);

/// None, in either program, where neither options nor environment ask for a manager.
Managers managers_of(const cli::Call& call, RunRequest& request);

}  // namespace shm::verbs
