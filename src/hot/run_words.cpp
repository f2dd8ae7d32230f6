#include "hot/run_words.hpp"
#include <unistd.h>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include "hot/duration.hpp"
#include "os/text.hpp"

namespace shm::hot {

namespace {
constexpr std::uint32_t most_slots = 10000;

bool read_waiting(const Words& words, guard::Want& want) noexcept {
  const auto policy = words.argument("on-busy");
  const auto patience = words.argument("wait");
  if ((policy && policy != "skip" && policy != "wait") || (patience && policy == "skip")) {
    return false;
  }
  const auto deadline = deadline_in(patience);
  if (!deadline) {
    return false;
  }
  want.wait = *deadline != 0 || (policy == "wait" && !patience);
  if (*deadline > 0) {
    want.deadline_ns = *deadline;
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

bool has_manager() noexcept {
  for (char* const* variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    if (os::begins_with(*variable, "NOTIFY_SOCKET=") || os::begins_with(*variable, "WATCHDOG_PID=") ||
        os::begins_with(*variable, "LISTEN_PID=")) {
      return true;
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
  run.want.briefly = true;
  run.want.trigger = words.argument("trigger").value_or(said_trigger());
  run.plan.words = words.command;
  if (!read_waiting(words, run.want) || !read_mode(words, run.want) || !read_times(words, run.plan)) {
    return std::nullopt;
  }
  return run;
}

}  // namespace shm::hot
