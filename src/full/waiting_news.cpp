#include "full/waiting_news.hpp"
#include <fmt/core.h>
#include <algorithm>
#include <chrono>
#include "cli/duration.hpp"
#include "full/teller.hpp"
#include "guard/forecast.hpp"
#include "os/clock.hpp"
#include "os/process.hpp"
#include "os/signals.hpp"
#include "verbs/job_text.hpp"

namespace shm::full {

namespace {
constexpr std::int64_t first_look_ns = 20'000'000;  // a job that is free is had sooner
constexpr std::int64_t look_every_ns = 2'000'000'000;
constexpr std::int64_t extend_every_ns = 10'000'000'000;
constexpr std::string_view extension = "EXTEND_TIMEOUT_USEC=60000000\n";
constexpr std::size_t most_command = 120;

os::SignalSet all_signals() noexcept {
  os::SignalSet set;
  *set.bits() = ~std::uint64_t{0};
  return set;
}
}  // namespace

WaitingNews::WaitingNews(const systemd::ManagerSocket& manager, const store::Store* store, std::string job,
                         const guard::Want& want)
    : manager_(manager), store_(store), job_(std::move(job)), want_(want), ping_every_ns_(systemd::watchdog_ns() / 2) {
  const auto mask = os::block_signals(all_signals());
  try {
    thread_ = std::thread([this] { work(); });
  } catch (const std::system_error&) {
    over_ = true;
  }
  os::set_signal_mask(mask);
  // Not before it has its own descriptors may there be any locks in those of this thread.
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return begun_ || over_; });
}

bool WaitingNews::end() {
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  return told_;
}

void WaitingNews::work() {
  may_look_ = os::have_own_descriptors();
  {
    const std::lock_guard lock(mutex_);
    begun_ = true;
  }
  changed_.notify_all();
  const std::int64_t every_ns = ping_every_ns_ > 0 ? std::min(look_every_ns, ping_every_ns_) : look_every_ns;
  for (std::int64_t pause = first_look_ns; rest(pause); pause = every_ns) {
    ping();
    if (store_ != nullptr) {
      tell();
    }
  }
}

// At each look: one too many does no harm.
void WaitingNews::ping() {
  if (ping_every_ns_ > 0) {
    (void)manager_.tell("WATCHDOG=1");
  }
}

bool WaitingNews::rest(std::int64_t ns) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, std::chrono::nanoseconds(ns), [this] { return over_; });
}

void WaitingNews::tell() {
  const auto status = status_line(what_it_waits_for());
  const std::int64_t now = os::monotonic_ns();
  const bool extends = now >= extend_at_ns_;
  if (!extends && status == last_status_) {
    return;
  }
  // One that does not read now is told at the next look.
  if (manager_.tell((extends ? std::string(extension) : std::string()) + status) == systemd::Told::yes) {
    told_ = true;
    last_status_ = status;
    extend_at_ns_ = extends ? now + extend_every_ns : extend_at_ns_;
  }
}

std::string WaitingNews::what_it_waits_for() const {
  std::string waits = "waits for job " + job_;
  if (!may_look_) {
    return waits;
  }
  const auto found = guard::forecast(*store_, job_, want_);
  if (!found || found->busy.holders.empty()) {
    return found && found->turn == guard::Forecast::Turn::begins && want_.jitter_ns > 0
               ? waits + ": a sleep by chance comes first (--jitter)"
               : waits;
  }
  const auto& holders = found->busy.holders;
  const auto first = std::min_element(holders.begin(), holders.end(),
                                      [](const auto& a, const auto& b) { return a.since_ns < b.since_ns; });
  auto text = fmt::format("{}: {} has it since {}", waits, verbs::who_holds(*first, most_command),
                          cli::format_time(first->since_ns));
  if (holders.size() > 1) {
    text += fmt::format(", and {} more", holders.size() - 1);
  }
  const auto waiters = found->job ? found->job->waiters.size() : 0;
  return waiters > 1 ? text + fmt::format("; {} wait", waiters) : text;
}

}  // namespace shm::full
