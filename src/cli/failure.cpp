#include "cli/failure.hpp"
#include <fmt/core.h>
#include <cstring>
#include "cli/printable.hpp"
#include "os/standard_streams.hpp"

namespace shm::cli {

int status_of(os::Code code) noexcept {
  switch (code) {
    case os::Code::absent:
    case os::Code::exists:
    case os::Code::lost:
    case os::Code::empty: return 1;
    case os::Code::usage: return exit_usage;
    case os::Code::wrong_kind:
    case os::Code::range: return 3;
    case os::Code::denied:
    case os::Code::untrusted:
    case os::Code::corrupt:
    case os::Code::system: return 4;
    case os::Code::full:
    case os::Code::limit: return 5;
    case os::Code::busy: return 75;
    case os::Code::timed_out: return 124;
  }
  return 4;
}

std::string message_of(const os::Error& error) {
  const char* why = error.why;
  if (why == nullptr) {
    why = strerrordesc_np(error.sys_errno);  // never translated, unlike strerror
  }
  std::string line = fmt::format("{} '{}': {}", error.attempt, static_cast<const char*>(error.object),
                                 why != nullptr ? why : "unknown error");
  if (error.advice != nullptr) {
    line += fmt::format(" ({})", error.advice);
  }
  return line;
}

namespace {
struct {
  std::uint64_t line = 0;
  LineComplaints::Before before = nullptr;
  void* context = nullptr;
  std::string* held = nullptr;
} lines;
}  // namespace

LineComplaints::LineComplaints(Before before, void* context) noexcept { lines = {0, before, context, nullptr}; }
LineComplaints::~LineComplaints() { lines = {}; }
void LineComplaints::set_line(std::uint64_t number) noexcept { lines.line = number; }
void LineComplaints::hold(std::string* held) noexcept { lines.held = held; }

void complain(std::string_view line) {
  if (lines.before != nullptr && lines.held == nullptr) {
    lines.before(lines.context);
  }
  const std::string which = lines.line != 0 ? fmt::format("line {}: ", lines.line) : std::string();
  const std::string text = "shmctl: " + which + printable(line) + "\n";
  if (lines.held != nullptr) {
    *lines.held += text;
    return;
  }
  (void)os::write_to(os::Stream::error, text);  // where it can't be said, nobody can be told
}

}  // namespace shm::cli
