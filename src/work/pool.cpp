#include "work/pool.hpp"
#include <unistd.h>
#include <algorithm>
#include "os/clock.hpp"
#include "os/memory_file.hpp"
#include "os/process.hpp"
#include "os/spawn.hpp"
#include "work/command_line.hpp"

namespace shm::work {

namespace {
using os::Code;

// How often the queue is looked at for what no change tells of: time that passes, holders that end.
constexpr std::int64_t look_every_ns = 100'000'000;
// How long a new item may lie while a command runs and another could: one sleep can't wait for both.
constexpr std::int64_t glance_ns = 20'000'000;
constexpr std::int64_t least_touch_ns = 5'000'000;

struct Admitted {
  object::Queue& queue;
  std::uint64_t id;
  os::Result<void> handed;
};

// The command holds its item before it runs. Its end is judged before it is over for the queue (settle.cpp).
bool hand_over(void* context, int pid) {
  auto& admitted = *static_cast<Admitted*>(context);
  const auto owner = object::owner_of(pid);
  admitted.handed = owner ? admitted.queue.hand_over(admitted.id, object::until_waited_for(*owner, ::getpid()))
                          : std::unexpected(owner.error());
  return admitted.handed.has_value();
}
}  // namespace

Pool::Pool(object::Queue& queue, std::string_view name, const Plan& plan, Listener& listener) noexcept
    : queue_(queue), name_(name), plan_(plan), listener_(listener) {
  const std::int64_t ttr_ns = plan.ttr_ns >= 0 ? plan.ttr_ns : queue.limits().ttr_ns;
  touch_every_ns_ = ttr_ns > 0 ? std::max(ttr_ns / 3, least_touch_ns) : 0;
}

Ended Pool::run() {
  auto self = object::owner_of(::getpid());
  auto empty = os::memory_file({});
  if (!self || !empty) {
    give_up(!self ? self.error() : empty.error());
    return result_;
  }
  self_ = *self;
  no_input_ = std::move(*empty);
  take_signals();
  for (fill(); !over(); fill()) {
    tell();
    sleep();
    on_time();
  }
  os::set_signal_mask(old_mask_);
  result_.all_done = result_.counts.buried == 0 && failing_.empty();
  result_.counts.running = 0;
  result_.counts.ready = queue_.len().value_or(0);
  return result_;
}

bool Pool::over() const noexcept {
  if (!running_.empty()) {
    return false;
  }
  if (phase_ != Phase::working) {
    return true;
  }
  // What failed here and is to be tried again is waited for: it is ready at a time that is known.
  return idle_ns_ >= 0 && plan_.wait_ns >= 0 && looked_ns_ - idle_ns_ >= plan_.wait_ns && looked_ns_ >= retry_ns_;
}

void Pool::fill() {
  while (phase_ == Phase::working && running_.size() < plan_.at_once) {
    const std::int64_t now = os::monotonic_ns();
    const std::uint64_t generation = queue_.generation();
    if (now < look_ns_ && generation == seen_) {
      return;
    }
    seen_ = generation;
    look_ns_ = now + look_every_ns;
    const auto items = queue_.take(self_, 1, plan_.ttr_ns, 0);
    if (items && !items->empty()) {
      idle_ns_ = -1;
      look_ns_ = 0;
      start(items->front());
    } else if (items || items.error().code == Code::empty) {
      looked_ns_ = now;
      if (idle_ns_ < 0 && running_.empty()) {
        idle_ns_ = now;
      }
      return;
    } else if (items.error().code != Code::timed_out) {
      give_up(items.error());
    } else {
      return;  // somebody who is stopped is changing it: that will pass, and what is there is not known
    }
  }
}

void Pool::start(const object::Item& item) {
  const bool by_words = takes_words(plan_.words);
  if (by_words && item.bytes.view().find('\0') != std::string_view::npos) {
    bury(What::unfit, item.id, item.attempts, 0);
    return;
  }
  const CommandLine line(plan_.words, plan_.environment, name_, item);
  os::Command command;
  command.words = line.words();
  command.environment = line.environment();
  command.mask = old_mask_;
  if (child_ignored_) {
    command.ignored.add(SIGCHLD);
  }
  auto input = by_words ? os::Result<os::Fd>() : os::memory_file(item.bytes.bytes());
  Admitted admitted{queue_, item.id, {}};
  auto started = os::Result<os::Started>();
  if (input) {
    command.input = by_words ? no_input_.get() : input->get();
    started = os::start_admitted(command, {hand_over, &admitted});
  }
  if (!input || !started) {
    give_back(item.id, item.attempts, 0);
    give_up(!input ? input.error() : started.error());
  } else if (started->pid != 0) {
    running_.push_back({started->pid, item.id, item.attempts, started->exec_errno});
    if (touch_every_ns_ != 0 && running_.size() == 1) {
      touch_ns_ = os::monotonic_ns() + touch_every_ns_;
    }
    say(What::started, item.id, item.attempts, 0);
  } else if (!admitted.handed && admitted.handed.error().code != Code::absent) {
    give_back(item.id, item.attempts, 0);
    give_up(admitted.handed.error());
  }  // else it is not held any more, because its time is over or the queue is gone: the next take() will see
}

void Pool::sleep() {
  const std::int64_t now = os::monotonic_ns();
  std::int64_t until = -1;
  const auto not_after = [&](std::int64_t moment) { until = until < 0 ? moment : std::min(until, moment); };
  if (plan_.tell_ns > 0) {
    not_after(tell_ns_);
  }
  if (running_.empty()) {  // and so nothing but the queue can have news; of signals, a little later
    not_after(look_ns_);
    if (plan_.wait_ns > 0 && idle_ns_ >= 0) {
      not_after(std::max(now, idle_ns_ + plan_.wait_ns));
    }
    queue_.wait(seen_, until);
    until = 0;
  } else {
    if (phase_ == Phase::working && running_.size() < plan_.at_once) {
      not_after(now + glance_ns);
    }
    if (touch_every_ns_ != 0) {
      not_after(touch_ns_);
    }
    if (phase_ >= Phase::ending) {
      not_after(phase_ns_);
    }
  }
  const auto received = os::next_signal(taken_, until);
  if (received.signal == SIGCHLD) {
    on_children();
  } else if (received.signal != 0) {
    on_signal(received);
  }
}

void Pool::on_time() {
  const std::int64_t now = os::monotonic_ns();
  if (touch_every_ns_ != 0 && now >= touch_ns_) {
    touch_all();
    touch_ns_ = now + touch_every_ns_;
  }
  if (phase_ >= Phase::ending && now >= phase_ns_) {
    kill_all();
  }
}

// What is not held any more will be noticed when its command ends.
void Pool::touch_all() noexcept {
  for (const auto& command : running_) {
    (void)queue_.touch(command.id, -1);
  }
}

void Pool::tell() {
  const std::int64_t now = os::monotonic_ns();
  if (plan_.tell_ns <= 0 || now < tell_ns_) {
    return;
  }
  tell_ns_ = now + plan_.tell_ns;
  const std::uint64_t generation = queue_.generation();
  if (news_ || generation != told_) {
    news_ = false;
    told_ = generation;
    result_.counts.running = static_cast<std::uint32_t>(running_.size());
    result_.counts.ready = queue_.len().value_or(0);
    listener_.counts(result_.counts);
  }
}

void Pool::give_up(const os::Error& error) noexcept {
  if (!result_.failure) {
    result_.failure = error;
  }
  if (phase_ == Phase::working) {
    phase_ = Phase::draining;
  }
}

Ended work(object::Queue& queue, std::string_view name, const Plan& plan, Listener& listener) {
  return Pool(queue, name, plan, listener).run();
}

std::uint32_t processors() noexcept { return os::usable_processors(); }

}  // namespace shm::work
