#include "verbs/exec.hpp"
#include <algorithm>
#include <new>
#include "object/workspace.hpp"
#include "os/standard_streams.hpp"
#include "verbs/common.hpp"
#include "verbs/exec_input.hpp"
#include "verbs/exec_line.hpp"

namespace shm::verbs {

namespace {
CommandInput open_input(const cli::Call& call) {
  const char end = call.output.format == cli::Format::null ? '\0' : '\n';
  if (!call.operands.empty() && call.operands[0] != "-") {
    return {cli::must(os::Input::open(call.operands[0])), end};
  }
  os::refuse_input(os::fail(os::Code::usage, "read", "standard input", "the commands come from there",
                            "give exec a FILE of commands"));
  return {os::Input::standard(), end};
}

/// Each line is done as soon as it has come, and is answered at the latest before more is waited for.
int run_lines(const cli::Call& call, CommandInput& input) {
  constexpr std::size_t much = 65536;
  const bool stop = call.has("stop");
  const object::Workspace open(object::Workspace::Changes::single);
  LineRunner runner(call);
  std::uint64_t number = 0;
  int worst = 0;
  do {
    while (const auto line = input.next()) {
      const int status = runner.run(*line, ++number).value_or(0);
      worst = std::max(worst, status);
      if (status != 0 && stop) {
        runner.flush();
        return status;
      }
      if (runner.pending() >= much) {
        runner.flush();
      }
    }
    if (runner.holds_signals() || (runner.pending() != 0 && !input.ready())) {
      runner.flush();
    }
  } while (input.more());
  runner.flush();
  return worst;
}
}  // namespace

int exec(cli::Call& call) {
  std::set_new_handler(nullptr);  // a line that needs too much memory fails, and the next is read
  auto input = open_input(call);
  return run_lines(call, input);
}

}  // namespace shm::verbs
