#include "verbs/run_circumstances.hpp"
#include <fmt/core.h>
#include <algorithm>
#include <charconv>
#include <climits>
#include "cli/duration.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

namespace {
constexpr int most_nice = 40;  // from one end of the scale to the other
constexpr unsigned most_retries = 1'000'000;
constexpr std::string_view between = "..";  // of --backoff's two times

template <class Number>
bool read_whole(std::string_view text, Number& number, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size();
}

int nice_of(const cli::Call& call, std::string_view text) {
  int nice = 0;
  if (!read_whole(text.substr(text.starts_with('+') ? 1 : 0), nice) || nice < -most_nice || nice > most_nice) {
    refuse(call, fmt::format("--nice '{}': not a number from {} to {}", text, -most_nice, most_nice));
  }
  return nice;
}

// The number that ioprio_set(2) takes: the class above its level.
int io_priority_of(const cli::Call& call, std::string_view text) {
  constexpr std::string_view classes[] = {"", "realtime", "best-effort", "idle"};
  constexpr int idle = 3;
  constexpr unsigned class_shift = 13;
  constexpr unsigned usual_level = 4;
  constexpr unsigned most_level = 7;
  const auto colon = text.find(':');
  const auto* const found = std::find(std::begin(classes) + 1, std::end(classes), text.substr(0, colon));
  const auto number = found - std::begin(classes);
  unsigned level = number == idle ? 0 : usual_level;
  const bool level_said = colon != std::string_view::npos;
  if (found == std::end(classes) || (level_said && (number == idle || !read_whole(text.substr(colon + 1), level))) ||
      level > most_level) {
    refuse(call, fmt::format("--ionice '{}': not a class (say idle, best-effort or realtime, the latter two with a "
                             "level from :0 to :7 behind them)",
                             text));
  }
  return static_cast<int>((static_cast<unsigned>(number) << class_shift) | level);
}

int mask_of(const cli::Call& call, std::string_view text) {
  unsigned mask = 0;
  if (!read_whole(text, mask, 8) || mask > 0777U) {
    refuse(call, fmt::format("--umask '{}': not an octal mask (say 022 or 077)", text));
  }
  return static_cast<int>(mask);
}

void take_out(std::vector<char*>& environment, std::string_view name) {
  std::erase_if(environment, [&](const char* variable) {
    const std::string_view text(variable);
    return text.starts_with(name) && text.substr(name.size()).starts_with('=');
  });
}
}  // namespace

void read_circumstances(const cli::Call& call, guard::Plan& plan) {
  auto& circumstances = plan.circumstances;
  if (const auto nice = call.argument("nice")) {
    circumstances.nice = nice_of(call, *nice);
  }
  if (const auto priority = call.argument("ionice")) {
    circumstances.io_priority = io_priority_of(call, *priority);
  }
  if (const auto directory = call.argument("cd")) {
    circumstances.directory = directory->data();  // a whole string of the call: it ends with a NUL
  }
  if (const auto mask = call.argument("umask")) {
    circumstances.file_mode_mask = mask_of(call, *mask);
  }
}

void read_tries(const cli::Call& call, guard::Plan& plan) {
  if (const auto repeat = call.argument("repeat")) {
    constexpr std::int64_t most_pause_ns = 300'000'000'000;
    plan.again = repeat == "always"          ? guard::Again::any
                 : repeat == "until-success" ? guard::Again::failure
                                             : guard::Again::success;
    plan.retries = UINT_MAX;
    plan.most_backoff_ns = most_pause_ns;
  }
  if (const auto retries = call.argument("retries")) {
    if (!read_whole(*retries, plan.retries) || plan.retries > most_retries) {
      refuse(call, fmt::format("--retries '{}': not a number from 0 to {}", *retries, most_retries));
    }
  }
  if (const auto backoff = call.argument("backoff")) {
    if (!call.has("retries")) {
      refuse(call, "--backoff is of no use without --retries");
    }
    const auto middle = backoff->find(between);
    plan.backoff_ns = cli::parse_duration(backoff->substr(0, middle), "backoff");
    plan.most_backoff_ns = middle == std::string_view::npos
                               ? plan.backoff_ns
                               : cli::parse_duration(backoff->substr(middle + between.size()), "backoff");
    if (plan.most_backoff_ns < plan.backoff_ns) {
      refuse(call, fmt::format("--backoff '{}': the second time is shorter than the first", *backoff));
    }
  }
}

std::vector<char*> read_environment(const cli::Call& call, char* const* environment) {
  std::vector<char*> changed;
  for (const auto& option : call.options) {
    const bool sets = option.name == "env";
    if (!sets && option.name != "unset-env") {
      continue;
    }
    const std::string_view text = option.argument;
    const auto equals = text.find('=');
    if (equals == 0 || text.empty() || sets == (equals == std::string_view::npos)) {
      refuse(call, fmt::format("--{} '{}': not {}", option.name, text, sets ? "NAME=VALUE" : "the name of a variable"));
    }
    if (changed.empty()) {
      for (; *environment != nullptr; ++environment) {
        changed.push_back(*environment);
      }
    } else {
      changed.pop_back();
    }
    take_out(changed, text.substr(0, equals));
    if (sets) {
      changed.push_back(const_cast<char*>(option.argument.c_str()));
    }
    changed.push_back(nullptr);
  }
  return changed;
}

}  // namespace shm::verbs
