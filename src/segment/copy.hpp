// An object that is changed by transactions, copied as it is at one moment into the file of a new one. Any process that
// may read the object; one thread. Nobody waits for it: it reads as readers do, and only what changes faster than it
// can be copied is locked, if it may be changed.
#pragma once
#include "segment/region.hpp"

namespace shm::segment {

/// A file that is to be published under `name`: with kind, limits and content of the object, and the seed that its keys
/// are hashed with; with an id of its own, no lock held, no change under way, and the memory of the undo log free. `as`
/// says mode and group alone. Numbers of sessions go on where the object's are: what its content says of a session is
/// of one that has ended. As Region::read() and store::create_object().
os::Result<store::Unpublished> copy(Region& region, const store::Store& store, std::string_view name,
                                    const store::NewObject& as) noexcept;

}  // namespace shm::segment
