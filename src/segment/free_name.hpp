// A name that only an object has which is not there. Any process; one thread.
#pragma once
#include "os/error.hpp"
#include "store/store.hpp"

namespace shm::segment {

/// As long as a change of several objects may take.
inline constexpr std::int64_t name_patience_ns = 10'000'000'000;

/// Takes the name from an object that was removed by a process which was killed on the way, or made by a change of
/// several objects that did not happen. Waits for `patience_ns` at most for such a change to be decided. False: the
/// object is there. Code::timed_out.
os::Result<bool> free_name(const store::Store& store, std::string_view name,
                           std::int64_t patience_ns = name_patience_ns) noexcept;

/// Takes the name from a cell that was removed, if the name is still that file's. Whoever else does that at the same
/// time: never from an object that has got the name since, of which it says nothing.
os::Result<void> take_name(const store::Store& store, std::string_view name, const os::FileInfo& cell) noexcept;

}  // namespace shm::segment
