// Hot verbs (src/hot) for the programs that have all verbs: the same work, with this program's ways of printing, and a
// long way for what a hot verb leaves to others. Single-threaded.
#pragma once
#include <functional>
#include "cli/call.hpp"
#include "hot/host.hpp"
#include "hot/words.hpp"

namespace shm::verbs {

using HotVerb = std::function<os::Result<int>(const hot::Words& words, hot::Host& host)>;

/// The exit status, or nothing where the verb says that this is not for it. Throws Failure.
std::optional<int> do_hot(cli::Call& call, const HotVerb& verb);

/// Of a verb that leaves nothing to others.
int do_all_hot(cli::Call& call, const HotVerb& verb);

}  // namespace shm::verbs
