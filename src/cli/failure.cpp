#include "cli/failure.hpp"
#include <fmt/core.h>
#include "cli/printable.hpp"
#include "os/standard_streams.hpp"

namespace shm::cli {

std::string message_of(const os::Error& error) { return std::string(message_text(error).view()); }

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
