#include "verbs/job_json.hpp"
#include <fmt/core.h>
#include <cstring>

namespace shm::verbs {

namespace {
constexpr std::int64_t second_ns = 1'000'000'000;
constexpr int clock_digits = 6;
constexpr std::int64_t microsecond_ns = 1000;
}  // namespace

void add_seconds(cli::Json& json, std::string_view key, std::int64_t ns, int digits) {
  std::int64_t unit = second_ns;
  for (int i = 0; i < digits; ++i) {
    unit /= 10;
  }
  json.add_raw(key, fmt::format("{}.{:0{}}", ns / second_ns, ns % second_ns / unit, digits));
}

void add_signal(cli::Json& json, std::string_view key, int signal) {
  const char* const name = signal == 0 ? nullptr : sigabbrev_np(signal);
  if (signal == 0) {
    json.add_null(key);
  } else if (name != nullptr) {
    json.add(key, name);
  } else {
    json.add(key, fmt::format("{}", signal));
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
