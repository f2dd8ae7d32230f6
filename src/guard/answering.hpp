// The runs of a job that answer on their sockets, whatever its record says: somebody may have deleted that, and the
// lock file with it. Asking takes no lock. Any process.
#pragma once
#include <vector>
#include "guard/holder.hpp"
#include "store/store.hpp"

namespace shm::guard {

/// As their supervisors describe them; of one that does not answer, though it listens, nothing is known but that.
std::vector<Holder> answering_runs(const store::Store& store, std::string_view job) noexcept;

}  // namespace shm::guard
