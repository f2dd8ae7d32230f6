#include "verbs/run_output.hpp"
#include <fmt/core.h>
#include <charconv>
#include <cstdlib>
#include "verbs/common.hpp"

namespace shm::verbs {

namespace {
constexpr std::uint64_t most_old_logs = 999;

// A number, and K, M, G or T for powers of 1024.
std::uint64_t read_size(const cli::Call& call, std::string_view option, std::string_view text) {
  constexpr std::string_view units = "KMGT";
  std::uint64_t number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  const auto unit = end == last ? 0 : units.find(*end) + 1;
  const bool good = error == std::errc() && (end == last || (end + 1 == last && unit != 0));
  const unsigned shift = good ? 10 * static_cast<unsigned>(unit) : 0;
  if (!good || number == 0 || number > (UINT64_MAX >> shift)) {
    refuse(call, fmt::format("--{} '{}': not a size such as 500K, 10M or 1G", option, text));
  }
  return number << shift;
}

std::uint64_t read_number(const cli::Call& call, std::string_view option, std::string_view text, std::uint64_t least,
                          std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    refuse(call, fmt::format("--{} '{}': not a number from {} to {}", option, text, least, most));
  }
  return number;
}

guard::LogPlan read_log_plan(const cli::Call& call, std::string_view path) {
  guard::LogPlan log;
  log.path = path.data();  // all of an option's argument, which ends with a NUL
  if (path.empty() || path.back() == '/') {
    refuse(call, fmt::format("--log '{}': not a file's name", path));
  }
  if (const auto size = call.argument("log-size")) {
    log.size = read_size(call, "log-size", *size);
  }
  if (const auto keep = call.argument("log-keep")) {
    log.keep = static_cast<unsigned>(read_number(call, "log-keep", *keep, 0, most_old_logs));
  }
  log.time = call.has("log-time");
  return log;
}

void need(const cli::Call& call, std::string_view option, std::string_view other) {
  if (call.has(option) && !call.has(other)) {
    refuse(call, fmt::format("--{} is for --{}", option, other));
  }
}
}  // namespace

std::optional<std::uint64_t> read_lines(const cli::Call& call) {
  const auto tail = call.argument("tail");
  return tail ? std::optional(read_number(call, "tail", *tail, 0, UINT32_MAX)) : std::nullopt;
}

void say_missed(const cli::Call& call, std::uint64_t bytes) {
  if (bytes != 0 && !call.quiet()) {
    cli::complain(fmt::format("{} {}: the first {} bytes of its output are no longer kept", call.verb->name,
                              call.operands[0], bytes));
  }
}

std::optional<guard::OutputPlan> read_output_plan(const cli::Call& call) {
  need(call, "tail", "quiet-unless-failed");
  need(call, "log-size", "log");
  need(call, "log-keep", "log-size");
  need(call, "log-time", "log");
  guard::OutputPlan plan;
  plan.attachable = call.has("attachable") || call.has("output");  // the next caller is to see it
  plan.quiet_unless_failed = call.has("quiet-unless-failed");
  plan.tail = read_lines(call).value_or(plan.tail);
  if (const auto path = call.argument("log")) {
    plan.log = read_log_plan(call, *path);
  }
  if (call.has("output") && call.argument("on-busy") != "join") {
    refuse(call, "--output is for --on-busy join");
  }
  if (!plan.attachable && !plan.quiet_unless_failed && !plan.log) {
    return {};
  }
  plan.directory = std::getenv("TMPDIR");
  plan.complain = [](const os::Error& error) { cli::complain(cli::message_of(error)); };
  return plan;
}

}  // namespace shm::verbs
