#include "cli/message.hpp"
#include "cli/printable.hpp"
#include "os/errno_text.hpp"
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
    case os::Code::system: return exit_corrupt;
    case os::Code::full:
    case os::Code::limit: return 5;
    case os::Code::busy: return 75;
    case os::Code::timed_out: return 124;
  }
  return exit_corrupt;
}

bool is_answer(os::Code code) noexcept { return status_of(code) == 1 || code == os::Code::busy; }

Message message_text(const os::Error& error) noexcept {
  const char* why = error.why != nullptr ? error.why : os::errno_text(error.sys_errno);
  Message line(error.attempt);
  line.add(" '").add(static_cast<const char*>(error.object)).add("': ").add(why != nullptr ? why : "unknown error");
  if (error.advice != nullptr) {
    line.add(" (").add(error.advice).add(")");
  }
  return line;
}

void complain_of(const Message& line) noexcept {
  os::Text<1100> text("shmctl: ");
  for_each_printable(line.view(), [&](char c) { text.add({&c, 1}); });
  (void)os::write_to(os::Stream::error, text.add("\n").view());  // where it can't be said, nobody can be told
}

}  // namespace shm::cli
