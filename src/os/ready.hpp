// For who is about to sleep, and has to be quick when it is woken.
#pragma once

namespace shm::os {

/// Has the next pages of the front door's stack in place: all at once, they cost half of what page faults do.
void have_stack() noexcept;

/// Has the front door's code and the next pages of its stack in place, so that none of them is a page fault after the
/// sleep. Other programs are too large for that: there it does nothing. One thread.
void get_ready() noexcept;

}  // namespace shm::os
