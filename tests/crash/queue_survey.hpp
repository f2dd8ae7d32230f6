// What a queue has of the heap, found anew by its format and looked at from both ends. For the harness alone.
#pragma once
#include "kinds.hpp"

namespace crash {

/// Marks the reader as damaged if the queue is not what it must be.
std::vector<Block> queue_blocks(const shm::segment::Reader& reader);

}  // namespace crash
