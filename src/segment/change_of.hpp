// Which change of several objects an object still refers to, for whoever wants to remove the change's record.
// Any process; one thread.
#pragma once
#include "os/error.hpp"
#include "store/store.hpp"

namespace shm::segment {

/// The id; 0: none. Looks at the object as it is and settles nothing.
os::Result<std::uint64_t> change_of(const store::Store& store, std::string_view name) noexcept;

}  // namespace shm::segment
