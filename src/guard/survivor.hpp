// Taking over a run whose supervisor was killed while its command runs on (run --adopt): the command keeps the job, and
// this process becomes its supervisor, in the record too. It is not the command's parent: how the command ends it
// learns as far as the kernel tells (os/process_end.hpp), and what loses its parent meanwhile is given to another.
// One process at a time can take a run over: the kernel gives the entry's byte lock to one.
#pragma once
#include <string_view>
#include "guard/hold.hpp"
#include "guard/supervise.hpp"
#include "os/process_end.hpp"
#include "store/store.hpp"

namespace shm::guard {

struct Survivor {
  Hold hold;
  Seen command;
  os::Watched watched;
  std::int64_t since_ns = 0;       ///< 1970, UTC
  std::int64_t hold_until_ns = 0;  ///< the same; 0: as long as the command runs
};

/// Makes a run of the job that has a command and no supervisor this process's own; nothing where there is none.
/// Code::denied, untrusted, corrupt, full: nothing can be said about the job.
os::Result<std::optional<Survivor>> take_over(const store::Store& store, std::string_view job) noexcept;

/// supervise() for it. What the plan says of starting the command, and of trying again, has no meaning here; its times
/// are counted from the start of the run. Ending::lost where nobody could tell how the command ended.
os::Result<Ended> supervise_survivor(Survivor& survivor, const Plan& plan) noexcept;

}  // namespace shm::guard
