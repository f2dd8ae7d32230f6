// What a service manager is told of a run (NOTIFY_SOCKET), and what the command gets of what the manager has said to
// this process: the watchdog's variables and the sockets that were opened for it. Single-threaded, but for the news of
// waiting.
#pragma once
#include "verbs/full.hpp"
#include "verbs/managed.hpp"

namespace shm::full {

/// Null: nobody wants to know, and nothing was said.
std::unique_ptr<verbs::Manager> notifier_of(const cli::Call& call, verbs::RunRequest& request);

}  // namespace shm::full
