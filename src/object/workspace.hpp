// Objects that stay open from one operation to the next, and changes of several that are one: what
// segment/workspace.hpp has, for those who know objects and not what they are made of.
#pragma once
#include "segment/workspace.hpp"

namespace shm::object {

using Workspace = segment::Workspace;

}  // namespace shm::object
