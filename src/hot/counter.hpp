// The verbs of counters but `create`: shmctl(1) says what each does. Freestanding: no exceptions, no allocation. One
// thread.
#pragma once
#include "hot/host.hpp"
#include "hot/words.hpp"

namespace shm::hot {

// Each returns the exit status (0, or what the host was reported is worse), not_mine, or an error that ends the call.
os::Result<int> counter_cas(const Words& words, Host& host);
os::Result<int> counter_decr(const Words& words, Host& host);
os::Result<int> counter_get(const Words& words, Host& host);
os::Result<int> counter_incr(const Words& words, Host& host);
os::Result<int> counter_max(const Words& words, Host& host);
os::Result<int> counter_min(const Words& words, Host& host);
os::Result<int> counter_reset(const Words& words, Host& host);
os::Result<int> counter_set(const Words& words, Host& host);
os::Result<int> counter_swap(const Words& words, Host& host);

}  // namespace shm::hot
