// The runs of a job that answer on their sockets, whatever its record says: somebody may have deleted that, and the
// lock file with it. Asking takes no lock. Any process.
#pragma once
#include <vector>
#include "guard/holder.hpp"
#include "store/store.hpp"

namespace shm::guard {

/// As their supervisors describe them; of one that does not answer, though it listens, nothing is known but that.
std::vector<Holder> answering_runs(const store::Store& store, std::string_view job) noexcept;

/// How many sockets of `job`, or of all jobs where it is empty, nobody answers on any more: their supervisors were
/// killed. With `remove`, how many are left after removing them.
os::Result<std::uint64_t> dead_sockets(const store::Store& store, std::string_view job, bool remove) noexcept;

}  // namespace shm::guard
