#include "verbs/exec.hpp"
#include <algorithm>
#include "object/workspace.hpp"
#include "os/standard_streams.hpp"
#include "verbs/common.hpp"
#include "verbs/exec_input.hpp"
#include "verbs/exec_line.hpp"

namespace shm::verbs {

namespace {
CommandInput open_input(const cli::Call& call) {
  const char end = call.output.format == cli::Format::null ? '\0' : '\n';
  const bool standard = call.operands.empty() || call.operands[0] == "-";
  if (call.has("atomic")) {
    os::refuse_input(os::fail(os::Code::usage, "read", "standard input", "others would wait for it with exec --atomic",
                              "say it as a word"));
  } else if (standard) {
    os::refuse_input(os::fail(os::Code::usage, "read", "standard input", "the commands come from there",
                              "give exec a FILE of commands"));
  }
  return {standard ? os::Input::standard() : cli::must(os::Input::open(call.operands[0])), end};
}

/// Each line is done as soon as it has come, and is answered at the latest before more is waited for.
int run_lines(const cli::Call& call, CommandInput& input) {
  constexpr std::size_t much = 65536;
  const bool stop = call.has("stop");
  const object::Workspace open(object::Workspace::Changes::single);
  LineRunner runner(call, LineRunner::Mode::each);
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

using Lines = std::vector<std::string>;

Lines read_all(CommandInput& input) {
  Lines lines;
  do {
    while (const auto line = input.next()) {
      lines.emplace_back(line->begin(), line->end());
    }
  } while (input.more());
  return lines;
}

/// Calls `act(line, number)` for each until it returns another status than 0, and returns that. The line is a copy.
template <class Act>
int for_each_line(const Lines& lines, Act act) {
  std::string scratch;
  int status = 0;
  for (std::size_t i = 0; i < lines.size() && status == 0; ++i) {
    scratch = lines[i];
    status = act(std::span(scratch.data(), scratch.size()), i + 1);
  }
  return status;
}

/// Does all lines, and makes all of it happen. A status that is not 0, or a conflict: nothing has.
int try_lines(LineRunner& runner, const Lines& lines, object::Workspace& change) {
  const int status = for_each_line(lines, [&](std::span<char> line, std::uint64_t number) {
    const int done = runner.run(line, number).value_or(0);
    return done == 0 && change.conflict() ? cli::status_of(os::Code::timed_out) : done;
  });
  cli::LineComplaints::set_line(0);
  if (status != 0) {
    change.abandon();
    return status;
  }
  if (runner.pending() != 0) {
    cli::must(os::Delivery::check());
  }
  runner.hold_signals();  // from here on what is pending must get out
  const auto done = change.commit();
  if (!done && !change.conflict()) {
    auto error = done.error();
    error.advice = error.advice != nullptr ? error.advice : "nothing was changed";
    throw cli::Failure(error);
  }
  return 0;
}

/// All lines are one change.
int run_atomic(const cli::Call& call, CommandInput& input) {
  constexpr std::string_view nothing = "; nothing was changed";
  const Lines lines = read_all(input);
  LineRunner runner(call, LineRunner::Mode::atomic);
  int worst = 0;
  for_each_line(lines, [&](std::span<char> line, std::uint64_t number) {
    worst = std::max(worst, runner.check(line, number));
    return 0;
  });
  if (worst != 0) {
    runner.tell(nothing);
    return worst;
  }
  object::Workspace change(object::Workspace::Changes::several);
  int status = try_lines(runner, lines, change);
  while (change.conflict()) {
    runner.drop();
    cli::must(change.retry());
    status = try_lines(runner, lines, change);
  }
  if (status != 0) {
    runner.tell(nothing);
    return status;
  }
  runner.flush();
  return 0;
}
}  // namespace

int exec(cli::Call& call) {
  auto input = open_input(call);
  return call.has("atomic") ? run_atomic(call, input) : run_lines(call, input);
}

}  // namespace shm::verbs
