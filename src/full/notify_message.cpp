#include "full/notify_message.hpp"

namespace shm::full {

namespace {
bool is_passed_on(std::string_view line, Passing& passing) {
  if (line == "READY=1") {
    const bool news = !passing.ready_told || passing.reloading;
    passing.ready_told = true;
    passing.reloading = false;
    return news;
  }
  if (line == "RELOADING=1") {
    passing.reloading = true;
  } else if (line == "STOPPING=1") {
    return !passing.more_follows;
  } else if (line == "WATCHDOG=1") {
    passing.pings = true;
  }
  // Of a process that is not its child the manager would not learn how it ended.
  return !line.empty() && !line.starts_with("MAINPID");
}
}  // namespace

std::string passed_on(std::string_view message, Passing& passing) {
  if (message.ends_with('\0')) {
    message.remove_suffix(1);
  }
  std::string passed;
  if (message.find('\0') != std::string_view::npos) {
    return passed;
  }
  while (!message.empty()) {
    const auto end = message.find('\n');
    const auto line = message.substr(0, end);
    message.remove_prefix(end == std::string_view::npos ? message.size() : end + 1);
    if (is_passed_on(line, passing)) {
      passed += passed.empty() ? "" : "\n";
      passed += line;
    }
  }
  return passed;
}

}  // namespace shm::full
