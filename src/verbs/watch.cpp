// wait and watch.
#include "object/watch.hpp"
#include <fmt/core.h>
#include <algorithm>
#include "cli/duration.hpp"
#include "os/clock.hpp"
#include "os/delivery.hpp"
#include "os/standard_streams.hpp"
#include "verbs/common.hpp"
#include "verbs/condition.hpp"
#include "verbs/objects.hpp"
#include "verbs/queue_words.hpp"
#include "verbs/state_line.hpp"

namespace shm::verbs {

namespace {
using object::Watch;
using os::Code;

constexpr std::int64_t look_ns = 50'000'000;  // how long until a name is looked for again that is not there

/// Until when --timeout says to wait, by the monotonic clock; -1: without end.
std::int64_t end_of_patience(const cli::Call& call) {
  const auto said = call.argument("timeout");
  const std::int64_t patience = said ? cli::parse_patience(*said, "timeout") : -1;
  const std::int64_t now = os::monotonic_ns();
  return patience < 0 ? -1 : patience > INT64_MAX - now ? INT64_MAX : now + patience;
}
bool passed(std::int64_t deadline_ns) { return deadline_ns >= 0 && os::monotonic_ns() >= deadline_ns; }

/// It may be there the next moment, or be whole the next moment.
bool may_come(Code code) { return code == Code::absent || code == Code::busy || code == Code::timed_out; }

/// One object by its name, or none.
class Target {
 public:
  Target(const cli::Call& call, std::string_view name) : call_(call), name_(name) {}

  /// Null: no object has that name. Throws Failure.
  const Watch::State* look() {
    for (int tries = 0; tries < 2; ++tries) {  // another object may have taken the name
      if (!watch_) {
        open();
      }
      if (!watch_) {
        return nullptr;
      }
      auto state = watch_->look();
      if (state && watch_->name() == name_) {
        state_ = std::move(*state);
        return &state_;
      }
      if (!state && !may_come(state.error().code)) {
        throw cli::Failure(state.error());
      }
      watch_.reset();
    }
    return nullptr;
  }
  void sleep(std::int64_t deadline_ns) {
    if (watch_) {
      watch_->wait(deadline_ns);
      return;
    }
    const std::int64_t next = os::monotonic_ns() + look_ns;
    os::sleep_until(deadline_ns < 0 ? next : std::min(next, deadline_ns));
  }

 private:
  void open() {
    const auto* store = find_store(call_);
    if (store == nullptr) {
      return;
    }
    using_object(name_);
    auto found = Watch::open(*store, name_);
    if (found) {
      watch_.emplace(std::move(*found));
    } else if (!may_come(found.error().code)) {
      throw cli::Failure(found.error());
    }
  }

  const cli::Call& call_;
  std::string_view name_;
  std::optional<Watch> watch_;
  Watch::State state_;
};

/// Writes what is gathered. False: nobody reads it any more.
bool written(cli::Call& call) {
  try {
    call.output.flush();
    return true;
  } catch (const cli::Failure& failure) {
    if (failure.error().sys_errno != EPIPE) {
      throw;
    }
    call.output.clear();
    return false;
  }
}
}  // namespace

int wait(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  Condition condition(call.operands[1]);
  const std::int64_t deadline = end_of_patience(call);
  const bool once = call.argument("timeout") && cli::parse_patience(*call.argument("timeout"), "timeout") == 0;
  Target target(call, name);
  for (;;) {
    const auto* state = target.look();
    if (condition.holds(name, state)) {
      if (state != nullptr) {
        print_state(call.output, name, *state);
      }
      return 0;
    }
    if (once || passed(deadline)) {
      throw cli::Failure(os::fail(once ? Code::lost : Code::timed_out, "wait for", name,
                                  once ? "the condition is not true" : "the condition has not become true"));
    }
    target.sleep(deadline);
  }
}

int watch(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  const std::int64_t deadline = end_of_patience(call);
  const std::uint64_t most = number_of(call, "count", 1, UINT64_MAX);
  const auto& store = open_store(call, store::Missing::refuse);
  using_object(name);
  os::outlive_readers();
  auto watch = cli::must(Watch::open(store, name));
  std::optional<std::uint64_t> shown;
  for (std::uint64_t lines = 0; lines < most;) {
    const auto state = watch.look();
    if (!state && state.error().code != Code::busy && state.error().code != Code::timed_out) {
      throw cli::Failure(state.error().code == Code::absent && shown
                             ? os::fail(Code::absent, "watch", watch.name(), "it was removed")
                             : state.error());
    }
    if (state && shown != state->mark) {
      print_state(call.output, watch.name(), *state);
      shown = state->mark;
      ++lines;
      if (!written(call)) {
        return 0;
      }
      continue;
    }
    if (passed(deadline)) {
      throw cli::Failure(os::fail(Code::timed_out, "watch", watch.name(), "the time to watch is over"));
    }
    if (!call.quiet() && !os::Delivery::check()) {
      return 0;
    }
    watch.wait(deadline);
  }
  return 0;
}

}  // namespace shm::verbs
