#include "verbs/exec_line.hpp"
#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <new>
#include "cli/line.hpp"
#include "os/standard_streams.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

namespace {
// What makes no sense on a line: what runs something else, is about jobs, the program or a whole store, or never ends.
constexpr std::array refused = {"doctor", "exec", "help", "metrics", "watch"};

bool may_run(const cli::Verb& verb) noexcept {
  const bool of_jobs = verb.page == "shmctl-run" || verb.page == "shmctl-jobs" || verb.page == "shmctl-flock";
  return !verb.runs_command && !of_jobs && verb.page != "shmctl-save" &&
         (!verb.group.empty() || std::find(refused.begin(), refused.end(), verb.name) == refused.end());
}

// What is inside an object can be a part of a change. Its name can't, and what is written into a block by its memory
// is nobody's change.
bool may_be_atomic(const cli::Verb& verb) noexcept { return !verb.group.empty() && verb.group != "block"; }
}  // namespace

LineRunner::LineRunner(const cli::Call& outer, Mode mode)
    : mode_(mode), parser_(outer), framed_(outer.has("status")), complaints_(before_complaint, this) {
  call_.program = outer.program;
  call_.settle_store();
  if (mode == Mode::atomic) {
    deliveries_.hold_nothing();
    cli::LineComplaints::hold(&held_);
  }
}

// An error comes after the answers of the lines before it, as if each line were a call of its own.
void LineRunner::before_complaint(void* self) noexcept {
  auto& runner = *static_cast<LineRunner*>(self);
  auto& output = runner.call_.output;
  if (runner.answer_ == 0 || runner.broken_) {
    return;
  }
  const std::size_t size = std::exchange(runner.answer_, 0);  // it may complain itself
  if (const auto written = runner.deliveries_.write(output, size); !written) {
    runner.broken_ = written.error();
  }
}

void LineRunner::flush() {
  if (broken_) {
    throw cli::Failure(*broken_);
  }
  answer_ = 0;
  cli::must(deliveries_.write(call_.output, pending()));
}

bool LineRunner::read(std::span<char> line) {
  if (const char* why = cli::split_line(line, words_); why != nullptr) {
    throw cli::Usage(fmt::format("read the line: {}", why));
  }
  if (words_.empty()) {
    return false;
  }
  parser_.parse(words_, call_);
  check_verb();
  return true;
}

void LineRunner::check_verb() const {
  if (call_.verb == nullptr || call_.help || call_.version) {
    throw cli::Usage("read the line: help is for the command line (say 'shmctl help exec')");
  }
  if (!may_run(*call_.verb)) {
    refuse(call_, "can't be a line of exec (call shmctl for it)");
  }
  if (mode_ == Mode::atomic) {
    if (!may_be_atomic(*call_.verb)) {
      refuse(call_,
             "can't be a line of exec --atomic, which is for what is in counters, values, queues, lists, dicts and "
             "arrays");
    }
    if (waits()) {
      refuse(call_, "can't wait in exec --atomic (nobody else could change what it waits for)");
    }
  }
}

bool LineRunner::waits() const noexcept {
  return (!call_.options.empty() && call_.has("wait")) || (call_.verb->group.empty() && call_.verb->name == "wait");
}

/// What `act` returns, or the status of what it throws, which is told. As of a call by itself, nothing is printed then.
template <class Act>
int LineRunner::guarded(Act act) {
  int status = cli::exit_usage;
  try {
    return act();
  } catch (const cli::Usage& usage) {
    cli::complain(usage.what());
  } catch (const cli::Failure& failure) {
    call_.report(failure.error());
    status = call_.status();
  } catch (const std::bad_alloc&) {
    cli::complain("go on: out of memory (free some memory, or raise ulimit -v)");
    status = cli::status_of(os::Code::full);
  } catch (const std::exception& unforeseen) {
    cli::complain(unforeseen.what());
    status = cli::status_of(os::Code::system);
  }
  call_.output.cut_to(answer_);
  return status;
}

/// Puts before the answer what it is the answer to.
void LineRunner::frame(int status, std::uint64_t number) {
  const std::size_t bytes = pending() - answer_;
  cli::Output head;
  head.format = call_.output.format == cli::Format::raw ? cli::Format::text : call_.output.format;
  head.result(fmt::format("{} {}", status, bytes),
              cli::Json().add("line", number).add("status", status).add("bytes", bytes));
  call_.output.insert(answer_, head.pending());
  deliveries_.shift(answer_, head.pending().size());
}

int LineRunner::check(std::span<char> line, std::uint64_t number) {
  answer_ = pending();
  cli::LineComplaints::set_line(number);
  return guarded([&] {
    read(line);
    return 0;
  });
}

void LineRunner::drop() noexcept {
  call_.output.clear();
  held_.clear();
  deliveries_.let_go();
}

void LineRunner::tell(std::string_view also) {
  std::string_view rest = held_;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const std::string line = std::string(rest.substr(0, end)).append(also) + '\n';
    (void)os::write_to(os::Stream::error, line);
    rest.remove_prefix(end + 1);
  }
  held_.clear();
}

std::optional<int> LineRunner::run(std::span<char> line, std::uint64_t number) {
  answer_ = pending();
  cli::LineComplaints::set_line(number);
  bool any = false;
  int status = guarded([&] {
    any = read(line);
    return 0;
  });
  if (status == 0) {
    if (!any) {
      return std::nullopt;
    }
    if (waits()) {  // perhaps for long: what was done before is answered first
      flush();
    }
    status = guarded([&] { return call_.verb->run(call_); });
  }
  if (framed_) {
    frame(status, number);
  }
  return status;
}

}  // namespace shm::verbs
