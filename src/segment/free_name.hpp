// A name that only an object has which is not there. Any process; one thread.
#pragma once
#include "os/error.hpp"
#include "store/store.hpp"

namespace shm::segment {

/// Takes the name from an object that was removed by a process which was killed on the way, or made by a change of
/// several objects that did not happen. Waits for such a change to be decided. False: the object is there.
/// Code::timed_out.
os::Result<bool> free_name(const store::Store& store, std::string_view name) noexcept;

}  // namespace shm::segment
