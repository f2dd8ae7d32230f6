// A line of text in fixed storage, for people: on a terminal, in a mail, in the journal. What is not used of it is
// never touched.
#pragma once
#include "os/text.hpp"

namespace shm::hot {

/// Longer than all that is said of a job; a command that can't be run may have a name of any length, and is cut.
using Line = os::Text<6000>;

}  // namespace shm::hot
