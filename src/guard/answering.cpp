#include "guard/answering.hpp"
#include <sys/stat.h>
#include <charconv>
#include "guard/attempt.hpp"
#include "guard/talk.hpp"
#include "os/clock.hpp"
#include "os/local_socket.hpp"
#include "store/name.hpp"

namespace shm::guard {

namespace {
using os::Code;
using os::Result;

constexpr std::int64_t look_again_ns = 20'000'000;
constexpr std::int64_t tick_ns = 10'000'000;  // the unit of Holder::from_ticks

Holder as_holder(const RunState& state, std::size_t entry) noexcept {
  Holder holder;
  holder.mode = state.mode;
  holder.slot = state.slot;
  holder.token = state.token;
  holder.since_ns = state.since_ns;
  const std::int64_t age_ns = os::realtime_ns() - state.since_ns;
  const std::uint64_t now = os::start_ticks(os::boottime_ns());
  const std::uint64_t ago = age_ns > 0 ? static_cast<std::uint64_t>(age_ns / tick_ns) : 0;
  holder.from_ticks = ago < now ? now - ago : 0;
  holder.entry = entry;
  holder.supervisor_alive = true;
  holder.supervisor_pid = state.supervisor_pid;
  holder.pid = state.command_pid;
  holder.command_line = state.command;
  return holder;
}

// The run that answers at an entry, if any does. One that ends at this moment may close the connection: then it is
// looked at again.
std::optional<Holder> answering_run(const store::Store& store, std::string_view job, std::size_t entry) noexcept {
  constexpr int tries = 3;
  Holder silent;
  silent.entry = entry;
  silent.supervisor_alive = true;
  for (int turn = 0; turn < tries; ++turn) {
    auto talk = Talk::open_now(store, job, entry);
    if (!talk) {
      return talk.error().code == Code::busy ? std::optional(silent) : std::nullopt;
    }
    silent.supervisor_pid = talk->supervisor();
    silent.same_namespace = silent.supervisor_pid != 0;
    if (const auto state = talk->state()) {
      Holder holder = as_holder(*state, entry);
      holder.same_namespace = talk->supervisor() == state->supervisor_pid;
      return holder;
    }
  }
  return silent;
}
}  // namespace

// A run takes the first entry of the record that is free. So behind the first few there are sockets only where there
// are as many runs.
std::vector<Holder> answering_runs(const store::Store& store, std::string_view job) noexcept {
  std::vector<Holder> runs;
  for (std::size_t entry = 0; entry < most_entries; ++entry) {
    if (const auto run = answering_run(store, job, entry)) {
      runs.push_back(*run);
    } else if (entry + 1 >= first_entries) {
      break;
    }
  }
  return runs;
}

namespace {
struct Cleaning {
  const store::Store& store;
  std::string_view job;  // empty: all
  bool remove = false;
  std::uint64_t left = 0;

  [[nodiscard]] bool is_dead(std::string_view name, std::string_view of, std::size_t entry) const noexcept {
    if (store::is_notify_name(name)) {
      const auto file = os::open_socket_at(store.dir(), name);
      const auto info = file ? os::info(*file) : std::unexpected(file.error());
      return info && S_ISSOCK(info->mode) && !os::receives(*file);
    }
    const auto talk = Talk::open_now(store, of, entry);
    return !talk && talk.error().code == Code::absent;
  }

  // Only who has the byte of a socket's entry puts a socket there: while this has it, nobody else does.
  [[nodiscard]] bool remove_one(std::string_view name, std::string_view of, std::size_t entry) const noexcept {
    const auto record = Record::open(store, of, os::Access::write);
    if (!record && record.error().code != Code::absent && record.error().code != Code::corrupt) {
      return false;
    }
    const bool recorded = record && entry < record->entries();
    if (recorded) {
      const auto taken = record->take(entry);
      if (!taken || !*taken) {
        return false;
      }
    }
    const bool done = is_dead(name, of, entry) && os::remove_file_at(store.dir(), name);
    if (recorded) {
      record->give_back(entry);
    }
    return done;
  }

  void look(std::string_view name) noexcept {
    const bool notifies = store::is_notify_name(name);
    if (!notifies && !store::is_socket_name(name)) {
      return;
    }
    const auto infix = notifies ? store::notify_infix : store::socket_infix;
    const auto of = name.substr(0, name.find(infix));
    const auto digits = name.substr(of.size() + infix.size());
    std::size_t entry = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), entry);
    if ((job.empty() || of == job) && is_dead(name, of, entry) && !(remove && remove_one(name, of, entry))) {
      ++left;
    }
  }
};
}  // namespace

Result<std::uint64_t> dead_sockets(const store::Store& store, std::string_view job, bool remove) noexcept {
  Cleaning cleaning{store, job, remove};
  const auto listed = os::list_directory(
      store.dir(),
      [](void* context, std::string_view name) {
        static_cast<Cleaning*>(context)->look(name);
        return true;
      },
      &cleaning);
  return listed ? Result<std::uint64_t>(cleaning.left) : std::unexpected(listed.error());
}

// The locks are taken, but they may be of new files, and the run of the old ones still be there.
Result<Step> Attempt::wait_for_answering() noexcept {
  for (;;) {
    answering_ = answering_runs(store_, name_);
    bool free = true;
    for (const Holder& holder : answering_) {
      if ((want_.mode != Mode::slot || holder.mode == Mode::exclusive) && excludes(holder, want_.mode, 0)) {
        free = false;
        if (runs_inside(holder, want_.outer_token)) {
          return Step::nested;
        }
      }
    }
    if (free) {
      return Step::taken;
    }
    if (!want_.wait) {
      return Step::busy;
    }
    if (!begin_waiting()) {
      return Step::occupied;
    }
    const std::int64_t soon = os::after(look_again_ns);
    if (want_.deadline_ns != for_ever && want_.deadline_ns < soon) {
      return Step::timed_out;
    }
    os::sleep_until(soon);
    if (place_ && place_->lost()) {
      return Step::displaced;
    }
  }
}

}  // namespace shm::guard
