#include "verbs/job_json.hpp"
#include <fmt/core.h>
#include "os/signal_text.hpp"

namespace shm::verbs {

namespace {
constexpr std::int64_t second_ns = 1'000'000'000;
constexpr int clock_digits = 6;
constexpr std::int64_t microsecond_ns = 1000;

std::string_view mode_name(guard::Mode mode) {
  return mode == guard::Mode::shared ? "shared" : mode == guard::Mode::slot ? "slot" : "exclusive";
}
}  // namespace

cli::Json json_of(const guard::Holder& holder) {
  cli::Json json;
  json.add("pid", holder.command.pid != 0 ? holder.command.pid : holder.pid)
      .add("start", holder.command.start)
      .add("command", holder.command_line.view());
  if (!holder.recorded) {
    return json.add("recorded", false);
  }
  json.add("recorded", true)
      .add("since", holder.since_ns / second_ns)
      .add("supervisor", holder.supervisor_pid)
      .add("supervisor_alive", holder.supervisor_alive)
      .add("mode", mode_name(holder.mode));
  if (holder.descriptor >= 0) {
    json.add("descriptor", holder.descriptor);
  }
  if (holder.mode == guard::Mode::slot) {
    json.add("slot", holder.slot);
  } else {
    json.add_null("slot");
  }
  if (holder.hold_until_ns != 0) {
    json.add("until", holder.hold_until_ns / second_ns);
  } else {
    json.add_null("until");
  }
  json.add("token", holder.token).add("pid_namespace_same", holder.same_namespace);
  return json.add("uid", holder.uid).add("trigger", holder.trigger.view());
}

void add_seconds(cli::Json& json, std::string_view key, std::int64_t ns, int digits) {
  std::int64_t unit = second_ns;
  for (int i = 0; i < digits; ++i) {
    unit /= 10;
  }
  json.add_raw(key, fmt::format("{}.{:0{}}", ns / second_ns, ns % second_ns / unit, digits));
}

std::string signal_name(int signal) {
  const char* const name = os::signal_abbreviation(signal);
  return name != nullptr ? name : fmt::format("{}", signal);
}

void add_signal(cli::Json& json, std::string_view key, int signal) {
  if (signal == 0) {
    json.add_null(key);
  } else {
    json.add(key, signal_name(signal));
  }
}

void add_effort(cli::Json& json, const guard::Ended& ended) {
  add_seconds(json, "duration", ended.duration_ns, clock_digits);
  json.add("tries", ended.tries);
  add_seconds(json, "user_time", ended.usage.user_us * microsecond_ns, clock_digits);
  add_seconds(json, "system_time", ended.usage.system_us * microsecond_ns, clock_digits);
  json.add("most_memory_kib", ended.usage.most_memory_kib).add("blocks_read", ended.usage.blocks_read);
  json.add("blocks_written", ended.usage.blocks_written);
}

}  // namespace shm::verbs
