#include "check.hpp"
#include <algorithm>
#include "audit.hpp"
#include "os/clock.hpp"
#include "report.hpp"
#include "step.hpp"

namespace crash {

using shm::os::Access;
using shm::os::Code;
using shm::segment::count_of;
using shm::segment::generation_of;
using shm::segment::Region;

namespace {
constexpr std::int64_t patience_ns = 2'000'000'000;
constexpr std::uint64_t stopped_checks = 6;
constexpr std::uint64_t look_at_repeats = 499;

std::string short_text(const std::string& content) {
  constexpr std::size_t most = 160;
  return content.size() <= most ? content : content.substr(0, most) + "...";
}

// Opens the object for writing and takes its lock, as any process would; it recovers thereby.
Outcome recover(const shm::store::Store& store) {
  auto region = Region::open(store, object_name, Access::write);
  if (!region) {
    return region.error();
  }
  region->set_patience(patience_ns);
  return outcome_of(region->begin());
}
}  // namespace

Trial::Trial(const Kind& kind, const Workload& workload, const Effort& effort)
    : kind_(kind), workload_(workload), effort_(effort) {}

Place& Trial::place(std::size_t depth) {
  while (places_.size() <= depth) {
    places_.push_back(std::make_unique<Place>());
  }
  return *places_[depth];
}

void Trial::wrong(const std::string& what) const { failure("state " + std::to_string(states_) + ": " + what); }

std::vector<std::size_t> Trial::sample(std::size_t of, std::uint64_t most) {
  std::vector<std::size_t> chosen(of);
  for (std::size_t i = 0; i < of; ++i) {
    chosen[i] = i;
  }
  std::shuffle(chosen.begin(), chosen.end(), random_);
  chosen.resize(std::min<std::size_t>(of, most));
  return chosen;
}

// Calls `see` with each state that memory or names have been in.
void Trial::step_through(Place& at, const std::function<std::function<void()>()>& ready,
                         const std::function<void(const State&)>& see) {
  Child child(ready);
  at.look_around();
  State now = at.state();
  see(now);
  for (std::uint64_t repeats = 0;;) {
    const auto step = child.step();
    if (step == Child::Step::call) {
      at.look_around();
    }
    if (step == Child::Step::repeated && ++repeats % look_at_repeats != 0) {
      continue;  // one long copy: some of its states stand for all
    }
    if (at.differs(now)) {
      now = at.state();
      see(now);
      if (stopped_checks_ > 0 && now.control().lock != 0 && kind_.blocks && now.named) {
        check_stopped_owner(now);
        now = at.state();
      } else if (left_alone_checks_ > 0 && now.control().lock == 0 && workload_.settle && contents_.size() > 1) {
        check_left_alone(now);
        now = at.state();
      }
    }
    if (step == Child::Step::ended) {
      child.run_on();
      return;
    }
  }
}

void Trial::run() {
  auto& live = place(0);
  kind_.create(live.store());
  workload_.prepare(live.store());
  live.attach();
  before_ = kind_.content(live.store(), Access::read);
  if (before_.starts_with("error")) {
    give_up(before_);
  }
  const State start = live.state();
  // What it comes to, in one go, to compare with; and how it goes when it is not disturbed.
  auto& twin = place(1);
  twin.load(start);
  must(workload_.operation(twin.store())());
  after_ = kind_.content(twin.store(), Access::read);
  if (kind_.blocks) {
    if (auto bad = audit(twin.store(), kind_); !bad.empty()) {
      wrong("not even killed: " + bad);
    }
  }
  again_every_ = 1;
  stopped_checks_ = stopped_checks;
  left_alone_checks_ = stopped_checks;
  const auto ready = [&]() -> std::function<void()> {
    return [act = workload_.operation(live.store())] { must(act()); };
  };
  step_through(live, ready, [&](const State& state) { see_operation(state); });
  stopped_checks_ = 0;
  left_alone_checks_ = 0;
  if (const auto end = kind_.content(live.store(), Access::read); end != after_) {
    wrong("its end is " + short_text(end) + " and should be " + short_text(after_));
  }
  bool one = false;  // at least, however little time there is
  for (const std::size_t i : sample(interrupted_.size(), effort_.recoveries)) {
    if (one && effort_.until_ns != 0 && shm::os::monotonic_ns() > effort_.until_ns) {
      break;
    }
    interrupt_recovery(interrupted_[i], 1);
    one = true;
  }
  live.clear();
}

void Trial::see_operation(const State& state) {
  auto& live = place(0);
  const std::string seen = kind_.content(live.store(), Access::read);
  if (!kind_.blocks || workload_.one_word) {
    happened_ = happened_ || (seen == after_ && after_ != before_);
    if (seen != (happened_ ? after_ : before_)) {
      wrong("read as " + short_text(seen));
    }
    check(state, seen, 1);
    return;
  }
  const auto& control = state.control();
  const std::uint64_t generation = generation_of(control.head);
  std::string expected;
  if (control.lock == 0 && count_of(control.head) != 0) {
    wrong("the lock is free in the middle of a change");
  }
  if (control.removed != 0) {
    expected = absent;
  } else {
    if (!state.named) {
      wrong("its name is gone, and who has it open is not told");
    }
    if (count_of(control.head) == 0 && !contents_.contains(generation)) {
      if (seen != before_ && seen != after_ && !workload_.settle) {
        wrong("read as neither the one nor the other: " + short_text(seen));
      }
      if (!contents_.empty() && generation < contents_.rbegin()->first) {
        wrong("the generation goes back");
      }
      if (happened_ && seen != after_) {
        wrong("it had happened, and now it had not");
      }
      happened_ = happened_ || seen == after_;
      contents_[generation] = seen;
    }
    // A change that is undone where it was made moves the generation on first, and is what it was before.
    expected = contents_.contains(generation) ? contents_[generation] : contents_.rbegin()->second;
  }
  if (seen != expected) {
    wrong("read while its owner is stopped, as " + short_text(seen) + " and not " + short_text(expected));
  }
  if (count_of(control.head) != 0) {
    interrupted_.push_back({state, expected});
  }
  check(state, expected, 1);
}

// A copy of the state, with nobody alive who has made it, must read as expected and become that.
void Trial::check(const State& state, const std::string& content, std::size_t depth) {
  ++figures.states;
  ++states_;
  auto& copy = place(depth);
  copy.load(state);
  if (!state.named) {
    return;
  }
  if (const auto seen = kind_.content(copy.store(), Access::read); seen != content) {
    wrong("read before recovery as " + short_text(seen) + " and not " + short_text(content));
  }
  if (!kind_.blocks) {
    return;
  }
  if (const auto refused = recover(copy.store()); refused) {
    if (refused->code != Code::absent || content != absent) {
      wrong("the lock can't be had: " + text(*refused));
    }
  }
  copy.look_around();
  check_recovered(copy, state, content);
}

void Trial::check_recovered(Place& copy, const State& state, const std::string& content) {
  if (content == absent) {
    if (copy.named()) {
      wrong("it was removed, and its name stays");
    }
    return;
  }
  const auto& now = copy.control();
  const std::uint64_t generation = generation_of(state.control().head);
  if (count_of(now.head) != 0) {
    wrong("the log is not empty after recovery");
  } else if (count_of(state.control().head) != 0 && generation_of(now.head) <= generation) {
    wrong("recovery does not move the generation on");
  } else if (count_of(state.control().head) == 0 && generation_of(now.head) != generation) {
    wrong("recovery of nothing moves the generation");
  }
  if (now.lock != 0) {
    wrong("the lock is not free after recovery");
  }
  if (const auto seen = kind_.content(copy.store(), Access::read); seen != content) {
    wrong("recovered as " + short_text(seen) + " and not " + short_text(content));
  }
  if (auto bad = audit(copy.store(), kind_); !bad.empty()) {
    wrong("recovered: " + bad);
  }
  if (workload_.settle && states_ % 2 == 0) {
    check_settled(copy, content);
  } else if (states_ % again_every_ == 0) {
    check_again(copy, state, content);
    again_every_ = std::max<std::uint64_t>(1, states_ / std::max<std::uint64_t>(1, effort_.again));
  }
}

// By one who finds the state as it is: who has recovered it has done the next one's work.
// What was done in part by somebody who is dead is undone.
void Trial::check_settled(Place& copy, const std::string& content) {
  workload_.settle(copy.store());
  const auto& expected = content == after_ ? after_ : before_;
  if (const auto seen = kind_.content(copy.store(), Access::read); seen != expected) {
    wrong("settled as " + short_text(seen) + " and not " + short_text(expected));
  }
  if (auto bad = audit(copy.store(), kind_); !bad.empty()) {
    wrong("settled: " + bad);
  }
}

void Trial::check_again(Place& copy, const State& state, const std::string& content) {
  copy.load(state);
  const auto done = workload_.operation(copy.store())();
  const auto seen = kind_.content(copy.store(), Access::read);
  if (done && (done->code == Code::corrupt || done->code == Code::timed_out || done->code == Code::system)) {
    wrong("done again: " + text(*done));
  } else if (content != after_ && workload_.again && (done || seen != after_)) {
    wrong("done again, it is " + short_text(seen) + " and not " + short_text(after_));
  }
  if (auto bad = audit(copy.store(), kind_); !bad.empty()) {
    wrong("done again: " + bad);
  }
}

void Trial::interrupt_recovery(const Expected& from, std::size_t depth) {
  ++figures.recoveries;
  auto& at = place(depth);
  at.load(from.state);
  const auto ready = [&]() -> std::function<void()> {
    auto region = std::make_shared<Region>(must(Region::open(at.store(), object_name, Access::write)));
    return [region] { must(outcome_of(region->begin())); };
  };
  std::vector<Expected> seen;
  std::uint64_t generation = generation_of(from.state.control().head);
  step_through(at, ready, [&](const State& state) {
    check(state, from.content, depth + 1);
    if (generation_of(state.control().head) < generation) {
      wrong("the generation goes back in a recovery");
    }
    generation = generation_of(state.control().head);
    if (count_of(state.control().head) != 0) {
      seen.push_back({state, from.content});
    }
  });
  if (depth == 1) {
    for (const std::size_t i : sample(seen.size(), effort_.second)) {
      interrupt_recovery(seen[i], depth + 1);
    }
  }
}

// Who is between two transactions lives, and does not go on: nobody may undo what it has done so far.
void Trial::check_left_alone(const State& state) {
  --left_alone_checks_;
  workload_.settle(place(0).store());
  if (place(0).control().head != state.control().head) {
    wrong("what a living process has half done is undone");
  }
}

// Its owner lives, and does not go on: nobody may take the lock from it.
void Trial::check_stopped_owner(const State& state) {
  const std::uint64_t bits = state.control().head ^ states_;
  if (bits % 5 != 0) {
    return;
  }
  --stopped_checks_;
  auto region = Region::open(place(0).store(), object_name, Access::write);
  if (!region) {
    if (state.control().removed == 0) {
      wrong("opened while its owner is stopped: " + text(region.error()));
    }
    return;
  }
  region->set_patience(0);
  const auto stolen = region->begin();
  if (stolen) {
    wrong("the lock was taken from an owner that lives");
  } else if (stolen.error().code != Code::timed_out) {
    wrong("begun while its owner is stopped: " + text(stolen.error()));
  }
}

}  // namespace crash
