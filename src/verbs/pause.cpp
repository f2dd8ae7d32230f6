#include "verbs/pause.hpp"
#include <fmt/core.h>
#include "cli/duration.hpp"
#include "cli/moment.hpp"
#include "os/accounts.hpp"
#include "os/clock.hpp"
#include "store/name.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

namespace {
constexpr std::int64_t second_ns = 1'000'000'000;

std::int64_t end_of_pause(const cli::Call& call, std::int64_t now) {
  const auto until = call.argument("until");
  const auto duration = call.argument("for");
  if (until && duration) {
    refuse(call, "--until and --for exclude each other");
  }
  if (until) {
    return cli::parse_moment(*until, "until", now);
  }
  if (!duration) {
    return 0;
  }
  const std::int64_t ns = cli::parse_duration(*duration, "for");
  if (ns == 0) {
    refuse(call, "--for 0: that is no time (say 2h; without the option it is until 'shmctl resume')");
  }
  return ns > INT64_MAX - now ? INT64_MAX : now + ns;
}
}  // namespace

int pause(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  guard::Pause pause;
  pause.since_ns = os::realtime_ns();
  pause.until_ns = end_of_pause(call, pause.since_ns);
  pause.uid = os::effective_uid();
  const auto reason = call.argument("reason").value_or("");
  if (reason.size() > guard::reason_bytes) {
    refuse(call, fmt::format("--reason is longer than {} bytes", guard::reason_bytes));
  }
  pause.reason.add(reason);
  const auto& store = open_store(call, store::Missing::create);
  using_object(name);
  cli::must(guard::pause_job(store, name, pause));
  return 0;
}

int resume(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  const auto& store = open_store(call, store::Missing::refuse);
  using_object(name);
  const auto paused = guard::resume_job(store, name);
  if (!paused && paused.error().code == os::Code::absent) {
    throw cli::Failure(os::fail(os::Code::absent, "resume", name, "there is no job of that name"));
  }
  if (cli::must(paused)) {
    return 0;
  }
  if (!call.quiet()) {
    cli::complain(fmt::format("resume {}: it was not paused", name));
  }
  return 1;
}

cli::Json pause_json(const guard::Pause& pause) {
  cli::Json json;
  for (const auto& [key, time_ns] : {std::pair("since", pause.since_ns), std::pair("until", pause.until_ns)}) {
    if (time_ns != 0) {
      json.add(key, time_ns / second_ns);
    } else {
      json.add_null(key);
    }
  }
  return json.add("uid", pause.uid).add("reason", pause.reason.view());
}

}  // namespace shm::verbs
