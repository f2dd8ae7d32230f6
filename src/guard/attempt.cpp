#include "guard/attempt.hpp"
#include <fcntl.h>
#include <algorithm>
#include "guard/admission.hpp"
#include "guard/descriptor.hpp"
#include "guard/history.hpp"
#include "guard/job_files.hpp"
#include "guard/pause.hpp"
#include "guard/token.hpp"
#include "os/accounts.hpp"
#include "os/clock.hpp"
#include "os/ready.hpp"

namespace shm::guard {

namespace {
using os::Code;
using os::Result;

constexpr std::int64_t look_again_ns = 20'000'000;  // at something that can't be waited for
// Of a job, between its last save and the end of the machine. The time is ahead of their tokens anyway, unless the
// clock was set back.
constexpr std::uint64_t most_runs_unsaved = 1U << 20U;
constexpr int most_turns = 1000;

Result<bool> has_name(const store::Store& store, const os::FileName& name, const os::FileInfo& file) noexcept {
  const auto now = os::info_at(store.dir(), name.view());
  if (!now) {
    return now.error().code == Code::absent ? Result<bool>(false) : std::unexpected(now.error());
  }
  return now->same_file(file);
}

Result<Step> step_of(const Result<Place::Came>& came) noexcept {
  if (!came) {
    return std::unexpected(came.error());
  }
  switch (*came) {
    case Place::Came::it: return Step::taken;
    case Place::Came::lost: return Step::displaced;
    default: return Step::timed_out;
  }
}
}  // namespace

Attempt::~Attempt() {
  if (want_.descriptor >= 0 && locks_.job) {  // what came of it is not `taken`, and the file stays open
    os::unlock_flock(locks_.job);
  }
}

// The caller's open file in place of one of this process's own.
Result<bool> Attempt::open_borrowed() noexcept {
  auto borrowed = borrow(want_.descriptor);
  if (!borrowed) {
    return std::unexpected(borrowed.error());
  }
  if (auto checked = check_is_lock(store_, name_, borrowed->info); !checked) {
    return std::unexpected(checked.error());
  }
  locks_.job = std::move(borrowed->file);
  lock_info_ = borrowed->info;
  return open_record();
}

// The record comes first: its descriptor gets the lower number, and a command's descriptors are closed in their order
// when it ends. Who then gets the lock file finds the record's file free already.
Result<bool> Attempt::open_files() noexcept {
  if (want_.descriptor >= 0) {
    return open_borrowed();
  }
  if (auto opened = open_record(); !opened || !*opened) {
    return opened;
  }
  auto lock = store_.open_or_create_file(lock_name(name_).view(), O_RDONLY, &lock_info_);
  if (!lock) {
    return std::unexpected(lock.error());
  }
  locks_.job = std::move(*lock);
  return true;
}

Result<bool> Attempt::open_record() noexcept {
  auto record = Record::open_or_create(store_, name_);
  if (!record) {
    return std::unexpected(record.error());
  }
  record_ = std::move(*record);
  here_ = Here::look(*record_);
  auto locked_record = store_.open_file(record_name(name_).view(), O_RDONLY, &record_info_);
  if (!locked_record) {
    // Removed since: the caller starts over.
    return locked_record.error().code == Code::absent ? Result<bool>(false) : std::unexpected(locked_record.error());
  }
  locks_.record = std::move(*locked_record);
  return true;
}

Result<Step> Attempt::run() noexcept {
  const auto opened = open_files();
  if (!opened) {
    return std::unexpected(opened.error());
  }
  if (!*opened) {
    return Step::again;
  }
  if (pause_of(record_->summary())) {
    return Step::paused;  // waiting for it would be in vain; and it is asked once more when the job is taken
  }
  const os::Sharing sharing = want_.mode == Mode::exclusive ? os::Sharing::exclusive : os::Sharing::shared;
  auto step = take_file(locks_.job, sharing);
  if (step && *step == Step::taken) {
    step = take_file(locks_.record, sharing);
  }
  if (!step || *step != Step::taken) {
    return step;
  }
  const auto named = still_named();
  if (!named) {
    return std::unexpected(named.error());
  }
  if (!*named) {
    return Step::again;
  }
  step = wait_for_recorded();
  // Whoever deletes both files of a job in use makes a new record necessary.
  if (step && *step == Step::taken && (want_.via_socket || record_->summary().runs.load() == 0)) {
    step = wait_for_answering();
  }
  if (step && *step == Step::taken && want_.mode == Mode::slot) {
    step = take_slot();
  }
  if (step && *step == Step::taken) {
    if (pause_of(record_->summary())) {
      return Step::paused;
    }
    if (auto done = begin_tokens(); !done) {
      return std::unexpected(done.error());
    }
    return may_begin(want_, *record_, here_, due_ns_);
  }
  return step;
}

Hold Attempt::hold() noexcept {
  if (!waiting_) {
    record_->summary().awaited.store(0);
  }
  place_.reset();
  waiting_.reset();
  Hold hold(std::move(*record_), std::move(locks_), here_, want_.mode, slot_);
  hold.set_trigger(trigger_.empty() ? want_.trigger : trigger_.view());
  hold.set_via_socket(want_.via_socket);
  return hold;
}

// False: somebody older waits, and he is to be left alone.
bool Attempt::begin_waiting() noexcept {
  if (!waiting_) {
    waiting_.emplace(locks_.record);
    trigger_ = trigger_of(want_.trigger);
    record_->summary().awaited.store(1);
    if (want_.one_waits) {
      place_.emplace(name_, *record_, *waiting_);
      return place_->enter(want_.keep);
    }
  }
  return true;
}

Result<Step> Attempt::wait_for_file(const os::Fd& file, os::Sharing sharing) noexcept {
  if (place_) {
    return step_of(place_->wait_flock(file, sharing, want_.deadline_ns));
  }
  os::get_ready();
  const auto taken = os::wait_flock(file, sharing, want_.deadline_ns);
  if (!taken) {
    return std::unexpected(taken.error());
  }
  return *taken ? Step::taken : Step::timed_out;
}

Result<bool> Attempt::still_named() const noexcept {
  if (!record_info_.same_file(record_->info())) {
    return false;
  }
  auto named = has_name(store_, lock_name(name_), lock_info_);
  if (named && *named) {
    named = has_name(store_, record_name(name_), record_info_);
  }
  return named;
}

Result<void> Attempt::begin_tokens() const noexcept {
  Cell& token = record_->summary().token;
  Cell& restored = record_->summary().restored;
  if (token.load() == 0 || restored.load() != 0) {
    const auto first = token_to_begin_after(store_);
    if (!first) {
      return std::unexpected(first.error());
    }
    token.store_first(*first);
    for (int turn = 0; turn < most_turns && restored.load() != 0; ++turn) {
      const std::uint64_t saved = token.load();  // others may begin their runs beside this one
      if (token.replace(saved, std::max(saved + most_runs_unsaved, *first))) {
        restored.store(0);
      }
    }
  }
  return {};
}

Result<Step> Attempt::take_file(const os::Fd& file, os::Sharing sharing) noexcept {
  auto taken = os::try_flock(file, sharing);
  if (!taken) {
    return std::unexpected(taken.error());
  }
  if (*taken) {
    return Step::taken;
  }
  if (is_nested()) {
    return Step::nested;
  }
  if (!want_.wait) {
    return Step::busy;
  }
  return begin_waiting() ? wait_for_file(file, sharing) : Step::occupied;
}

std::vector<Holder> Attempt::in_the_way() noexcept {
  (void)record_->refresh();  // entries that can't be seen are not told
  auto holders = live_holders(*record_, here_, want_.briefly ? Asked::briefly : Asked::all);
  holders.insert(holders.end(), answering_.begin(), answering_.end());
  std::erase_if(holders, [this](const Holder& holder) {
    if (want_.mode == Mode::slot && holder.mode == Mode::slot) {
      return holder.slot >= want_.slots;
    }
    return !excludes(holder, want_.mode, 0);
  });
  return holders;
}

std::vector<Holder> Attempt::leftovers() const noexcept {
  auto holders = users_of(lock_info_);
  return holders.empty() ? users_of(record_info_) : holders;
}

// Who does not wait is refused anyway: then it is worth the walk to the ancestors only if the environment says so.
bool Attempt::is_nested() noexcept {
  if (!want_.wait && !want_.inside_a_run) {
    return false;
  }
  for (const Holder& holder : in_the_way()) {
    // Beside a slot's holder there may be others to wait for; take_slot() knows when there are none.
    if ((want_.mode != Mode::slot || holder.mode == Mode::exclusive) && runs_inside(holder, want_.outer_token)) {
      return true;
    }
  }
  return false;
}

// The kernel's locks are taken, so this finds only a command that gave up its own, and whose supervisor was killed.
Result<Step> Attempt::wait_for_recorded() noexcept {
  for (;;) {
    if (auto done = record_->refresh(); !done) {
      return std::unexpected(done.error());
    }
    const Holder* obstacle = nullptr;
    const auto holders = live_holders(*record_, here_);
    for (const Holder& holder : holders) {
      // Who has nothing but this very lock file could not have it while it is taken.
      if (!held_by_file(holder, lock_info_) && (want_.mode != Mode::slot || holder.mode == Mode::exclusive)) {
        obstacle = excludes(holder, want_.mode, 0) ? &holder : obstacle;
      }
    }
    if (obstacle == nullptr) {
      return Step::taken;
    }
    if (is_nested()) {
      return Step::nested;
    }
    if (!want_.wait) {
      return Step::busy;
    }
    if (!begin_waiting()) {
      return Step::occupied;
    }
    if (const auto step = wait_for(*obstacle); !step || *step != Step::again) {
      return step;
    }
  }
}

Result<Step> Attempt::wait_for(const Holder& holder) noexcept {
  const auto process = os::open_process(holder.command.pid, holder.command.start);
  if (!process || holder.descriptor >= 0) {
    if (!process && holder.command.start != 0) {
      return Step::again;  // it has ended
    }
    // Hidden from this process, or it may give up what it holds: it can't be waited for, only asked after.
    const std::int64_t soon = os::monotonic_ns() + look_again_ns;
    if (want_.deadline_ns != for_ever && want_.deadline_ns < soon) {
      return Step::timed_out;
    }
    os::sleep_until(soon);
    return place_ && place_->lost() ? Step::displaced : Step::again;
  }
  if (place_) {
    const auto step = step_of(place_->wait_process(*process, want_.deadline_ns));
    return step && *step == Step::taken ? Result<Step>(Step::again) : step;
  }
  const auto ended = os::wait_process(*process, want_.deadline_ns);
  if (!ended) {
    return std::unexpected(ended.error());
  }
  return *ended ? Step::again : Step::timed_out;
}

bool Attempt::too_soon() noexcept {
  due_ns_ = due_after_last_run(*record_, here_, want_.once_per_ns);
  return due_ns_ != 0;
}

Pause Attempt::pause() const noexcept { return pause_of(record_->summary()).value_or(Pause()); }

void Attempt::count_refusal(Busy& busy) const noexcept {
  record_->summary().skips.add(1);
  // What somebody meant to be refused is nothing to be alarmed about, however often it comes.
  const bool meant = busy.why == Why::paused || busy.why == Why::too_soon;
  busy.skips_in_a_row = meant ? 0 : record_->summary().skips_in_a_row.add(1);
  Refusal refusal;
  refusal.when_ns = os::realtime_ns();
  refusal.why = busy.why;
  refusal.pid = os::own_pid();
  refusal.uid = os::effective_uid();
  refusal.trigger = busy.trigger = trigger_of(want_.trigger);
  if (!busy.holders.empty()) {
    refusal.holder_token = busy.holders.front().token;
    refusal.holder_pid = busy.holders.front().pid;
  }
  note_refusal(*record_, refusal);
}

}  // namespace shm::guard
