// `run NAME COMMAND...` as it is usually called: shmctl(1) says what it does. One thread, and one call a program.
#pragma once
#include "hot/host.hpp"
#include "hot/words.hpp"

namespace shm::hot {

/// The exit status, not_mine, or an error that ends the call. What is to be said is said when it returns.
os::Result<int> run(const Words& words, Host& host);

}  // namespace shm::hot
