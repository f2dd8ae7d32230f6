#include "hot/run_words.hpp"
#include <unistd.h>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include "os/clock.hpp"

namespace shm::hot {

namespace {
constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::uint32_t most_slots = 10000;
constexpr std::string_view forever = "forever";

struct Unit {
  std::string_view name;
  std::int64_t ns;
};
constexpr Unit units[] = {{"", second_ns},       {"ms", second_ns / 1000}, {"s", second_ns},
                          {"m", 60 * second_ns}, {"h", 3600 * second_ns},  {"d", 86400 * second_ns}};

// As cli/duration.hpp reads it, without fractions.
std::optional<std::int64_t> duration_in(std::string_view text) noexcept {
  constexpr std::int64_t most = 4'000'000;  // of any unit, so that none overflows; and no number's double is another
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || number < 0 || number > most || text[0] == '-') {
    return std::nullopt;
  }
  const std::string_view said(stop, static_cast<std::size_t>(end - stop));
  for (const auto& unit : units) {
    if (unit.name == said) {
      return number * unit.ns;
    }
  }
  return std::nullopt;
}

bool read_waiting(const Words& words, guard::Want& want) noexcept {
  const auto policy = words.argument("on-busy");
  const auto patience = words.argument("wait");
  if ((policy && policy != "skip" && policy != "wait") || (patience && policy == "skip")) {
    return false;
  }
  want.wait = policy == "wait";
  if (patience && patience != forever) {
    const auto ns = duration_in(*patience);
    if (!ns) {
      return false;
    }
    want.wait = *ns != 0;
    if (*ns != 0) {
      want.deadline_ns = os::after(*ns);
    }
  } else if (patience) {
    want.wait = true;
  }
  return true;
}

bool read_mode(const Words& words, guard::Want& want) noexcept {
  const auto slots = words.argument("slots");
  if (words.has("shared")) {
    want.mode = guard::Mode::shared;
    return !slots;
  }
  if (!slots) {
    return true;
  }
  want.mode = guard::Mode::slot;
  const char* const end = slots->data() + slots->size();
  const auto [stop, error] = std::from_chars(slots->data(), end, want.slots);
  return error == std::errc() && stop == end && want.slots >= 1 && want.slots <= most_slots;
}

bool read_times(const Words& words, guard::Plan& plan) noexcept {
  if (const auto said = words.argument("timeout")) {
    const auto ns = duration_in(*said);
    if (!ns) {
      return false;
    }
    plan.timeout_ns = *ns > 0 ? *ns : plan.timeout_ns;  // 0: none, as for timeout(1)
  }
  if (const auto said = words.argument("kill-after")) {
    const auto ns = duration_in(*said);
    if (!ns) {
      return false;
    }
    plan.kill_after_ns = *ns;
  }
  return true;
}

// One look at the first letter of each, where getenv() for each would compare more of all.
bool has_manager() noexcept {
  for (char* const* variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    switch (**variable) {
      case 'N':
        if (text.starts_with("NOTIFY_SOCKET=")) {
          return true;
        }
        break;
      case 'W':
        if (text.starts_with("WATCHDOG_PID=")) {
          return true;
        }
        break;
      case 'L':
        if (text.starts_with("LISTEN_PID=")) {
          return true;
        }
        break;
      default: break;
    }
  }
  return false;
}

// A run inside this very job must not wait for it. Its ancestors show that, or else what it inherited from the job.
std::uint64_t outer_token(std::string_view job, const char* outer_job) noexcept {
  const char* const token = std::getenv("SHMCTL_TOKEN");
  if (token == nullptr || job != outer_job) {
    return 0;
  }
  const std::string_view text(token);
  std::uint64_t number = 0;
  return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc() ? number : 0;
}
}  // namespace

guard::Want plain_want(std::string_view job) noexcept {
  guard::Want want;
  if (const char* const outer = std::getenv("SHMCTL_JOB"); outer != nullptr) {
    want.inside_a_run = true;
    want.outer_token = outer_token(job, outer);
  }
  return want;
}

std::string_view said_trigger() noexcept {
  const char* const trigger = std::getenv("SHMCTL_TRIGGER");
  return trigger == nullptr ? "" : trigger;
}

std::optional<UsualRun> read_usual_run(const Words& words) noexcept {
  if (words.operands.size() != 1 || words.command == nullptr || *words.command == nullptr || has_manager()) {
    return std::nullopt;
  }
  UsualRun run;
  run.want = plain_want(words.operands[0]);
  run.want.trigger = words.argument("trigger").value_or(said_trigger());
  run.plan.words = words.command;
  if (!read_waiting(words, run.want) || !read_mode(words, run.want) || !read_times(words, run.plan)) {
    return std::nullopt;
  }
  return run;
}

}  // namespace shm::hot
