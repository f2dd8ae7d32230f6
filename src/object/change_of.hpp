// Which change of several objects an object still refers to (see segment/change_of.hpp), for verbs.
#pragma once
#include "segment/change_of.hpp"

namespace shm::object {

using segment::change_of;

}  // namespace shm::object
