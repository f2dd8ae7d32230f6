// The verbs of values that are about what a value holds: shmctl(1) says what each does. Freestanding; what is one
// number allocates nothing. One thread.
#pragma once
#include "hot/host.hpp"
#include "hot/words.hpp"

namespace shm::hot {

// Each returns the exit status (0, or what the host was reported is worse), not_mine, or an error that ends the call.
os::Result<int> value_add(const Words& words, Host& host);
os::Result<int> value_cas(const Words& words, Host& host);
os::Result<int> value_get(const Words& words, Host& host);
os::Result<int> value_set(const Words& words, Host& host);
os::Result<int> value_swap(const Words& words, Host& host);

}  // namespace shm::hot
