// What verbs of all kinds do alike. Single-threaded.
#pragma once
#include "cli/call.hpp"
#include "cli/failure.hpp"
#include "object/permissions.hpp"
#include "store/store.hpp"

namespace shm::verbs {

/// The store that --store, SHMCTL_STORE or the user's id means. Throws Failure. It stays open, and where it is, as long
/// as the program runs: several lines of `exec` open it once.
const store::Store& open_store(const cli::Call& call, store::Missing missing);
/// As open_store(), or null where there is no store yet.
const store::Store* find_store(const cli::Call& call);

/// Says which object is in use from now on, for the line that is written if its file is cut short under us.
void using_object(std::string_view name);

/// Until when --wait says to wait, by the monotonic clock; 0: not at all, as without it; -1: without end.
std::int64_t deadline_of(const cli::Call& call);

/// What --mode and --group say.
object::Permissions permissions_of(const cli::Call& call, std::string_view name);

/// Throws Usage that names the verb: "counter incr: WHY".
[[noreturn]] void refuse(const cli::Call& call, std::string_view why);

}  // namespace shm::verbs
