#include "verbs/run_replace.hpp"
#include <fmt/core.h>
#include "cli/duration.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

void read_replace(const cli::Call& call, guard::Want& want) {
  want.via_socket = call.argument("via") == "socket";
  want.replace = call.argument("on-busy") == "replace";
  if (want.replace && call.argument("wait") == "0") {
    refuse(call, "--wait 0 and --on-busy replace exclude each other: an end takes a moment");
  }
  if (const auto age = call.argument("kill-older")) {
    // Younger ones are waited for where --on-busy says so, and otherwise left alone.
    want.wait = want.wait && !want.replace;
    want.replace = true;
    want.replace_older_ns = cli::parse_duration(*age, "kill-older");
  }
  if (const auto time = call.argument("kill-after"); time && want.replace) {
    want.kill_after_ns = cli::parse_duration(*time, "kill-after");
  }
}

}  // namespace shm::verbs
