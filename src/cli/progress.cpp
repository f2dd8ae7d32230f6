#include "cli/progress.hpp"
#include "cli/failure.hpp"
#include "cli/printable.hpp"
#include "os/standard_streams.hpp"

namespace shm::cli {

namespace {
constexpr std::string_view clear = "\r\x1b[K";
}  // namespace

ProgressLine::~ProgressLine() {
  if (!text_.empty() && possible()) {
    (void)os::write_to(os::Stream::error, "\n");
  }
}

bool ProgressLine::possible() noexcept { return os::terminal_width(os::Stream::error) != 0; }

void ProgressLine::draw(std::string_view text) {
  text_ = printable(text);
  write(clear);
}

void ProgressLine::complain(std::string_view line) {
  if (!text_.empty() && possible()) {
    (void)os::write_to(os::Stream::error, clear);
  }
  cli::complain(line);
  write("");
}

void ProgressLine::write(std::string_view before) {
  const unsigned width = os::terminal_width(os::Stream::error);
  if (width < 2 || text_.empty()) {
    return;
  }
  // A line as wide as the terminal would begin the next one. Names and numbers are a column a byte.
  (void)os::write_to(os::Stream::error, std::string(before) + text_.substr(0, width - 1));
}

}  // namespace shm::cli
