#include "guard/history.hpp"
#include <algorithm>
#include <limits>
#include "guard/packed_text.hpp"

namespace shm::guard {

namespace {
constexpr int tries = 100;  // a writer is done within a microsecond

// Of numbers that no writer had to fear; what is larger than a field is the largest it can have.
template <class Field, class Number>
Field clamped(Number number) noexcept {
  constexpr auto most = std::numeric_limits<Field>::max();
  return number < 0 ? 0 : static_cast<std::uint64_t>(number) > most ? most : static_cast<Field>(number);
}

struct RunSlot {
  std::uint64_t number;  // of all that were ever written, from 1; 0: none yet
  std::uint64_t token;
  std::uint64_t start_ns;
  std::uint64_t end_ns;
  std::uint64_t duration_ns;
  std::uint16_t status;
  std::uint8_t ending;
  std::uint8_t signal;
  std::uint32_t tries;
  std::uint32_t pid;
  std::uint32_t uid;
  std::uint64_t user_us;
  std::uint64_t system_us;
  std::uint32_t most_memory_kib;
  std::uint16_t exec_errno;
  std::uint8_t step;
  std::uint8_t unused;
  std::uint32_t blocks_read;
  std::uint32_t blocks_written;
  PackedText<trigger_bytes / sizeof(std::uint64_t)> trigger;
  std::uint64_t check;
};

struct RefusalSlot {
  std::uint64_t number;
  std::uint64_t when_ns;
  std::uint64_t holder_token;
  std::uint32_t pid;
  std::uint32_t uid;
  std::uint32_t holder_pid;
  std::uint8_t why;
  std::uint8_t unused[3];
  PackedText<trigger_bytes / sizeof(std::uint64_t)> trigger;
  std::uint64_t more[6];
  std::uint64_t check;
};

constexpr std::size_t slot_bytes = 128;
constexpr std::size_t slot_words = slot_bytes / sizeof(std::uint64_t);
constexpr std::size_t refusals_offset = history_offset + kept_runs * slot_bytes;
static_assert(sizeof(RunSlot) == slot_bytes && sizeof(RefusalSlot) == slot_bytes &&
                  (kept_runs + kept_refusals) * slot_bytes == history_size && page_size % slot_bytes == 0,
              "the slots' layout is on disk: raise store::format_version and read the old too");

template <class Slot>
std::uint64_t checksum(const Slot& slot) noexcept {
  std::uint64_t words[slot_words];
  __builtin_memcpy(&words[0], &slot, sizeof words);
  std::uint64_t sum = 0x736c6f74;
  for (std::size_t i = 0; i + 1 < slot_words; ++i) {
    sum = (sum ^ words[i]) * 0x9e3779b97f4a7c15U;
    sum ^= sum >> 29U;
  }
  return sum;
}

template <class Slot>
void write_slot(const Record& record, std::size_t ring, std::size_t kept, Slot& slot) noexcept {
  slot.check = checksum(slot);
  // A full disk can't be met: the pages are there since the record was made.
  (void)os::write_at(record.file(), std::as_bytes(std::span(&slot, 1)), ring + (slot.number - 1) % kept * slot_bytes);
}

template <class Slot>
bool read_slot(const Record& record, std::size_t ring, std::size_t kept, std::size_t index, Slot& slot) noexcept {
  const Cell* const cells = record.cells(ring + index * slot_bytes);
  for (int turn = 0; turn < tries; ++turn) {
    std::uint64_t words[slot_words];
    for (std::size_t i = 0; i < slot_words; ++i) {
      words[i] = cells[i].load();
    }
    __builtin_memcpy(static_cast<void*>(&slot), &words[0], sizeof slot);
    if (slot.number == 0) {
      return false;
    }
    if (slot.check == checksum(slot)) {
      return (slot.number - 1) % kept == index;
    }
  }
  return false;
}

PastRun run_in(const RunSlot& slot) noexcept {
  PastRun run;
  run.token = slot.token;
  run.start_ns = static_cast<std::int64_t>(slot.start_ns);
  run.end_ns = static_cast<std::int64_t>(slot.end_ns);
  run.pid = clamped<int>(slot.pid);
  run.uid = slot.uid;
  run.trigger = slot.trigger.text();
  Ended& ended = run.ended.emplace();
  ended.status = slot.status;
  ended.ending = slot.ending >= 1 && slot.ending <= 6 ? static_cast<Ending>(slot.ending) : Ending::lost;
  ended.signal = slot.signal;
  ended.exec_errno = slot.exec_errno;
  ended.step = static_cast<os::StartStep>(slot.step);
  ended.tries = slot.tries;
  ended.duration_ns = static_cast<std::int64_t>(slot.duration_ns);
  ended.usage = {static_cast<std::int64_t>(slot.user_us), static_cast<std::int64_t>(slot.system_us),
                 slot.most_memory_kib, slot.blocks_read, slot.blocks_written};
  return run;
}

PastRun run_in(const Snapshot& snapshot) noexcept {
  PastRun run;
  run.token = snapshot.token;
  run.start_ns = snapshot.since_ns;
  run.pid = snapshot.command_pid;
  run.uid = snapshot.uid;
  run.trigger = snapshot.trigger;
  return run;
}

PastRun lost_run(const Snapshot& snapshot) noexcept {
  PastRun run = run_in(snapshot);
  run.ended.emplace().ending = Ending::lost;
  return run;
}

std::vector<PastRun> ended_runs(const Record& record) noexcept {
  std::vector<PastRun> runs;
  RunSlot slot = {};
  for (std::size_t i = 0; i < kept_runs; ++i) {
    if (read_slot(record, history_offset, kept_runs, i, slot)) {
      runs.push_back(run_in(slot));
    }
  }
  return runs;
}

/// What the entries say: runs under way, and lost ones.
std::vector<PastRun> unnoted_runs(const Record& record, const Here& here) noexcept {
  std::vector<PastRun> runs;
  Snapshot snapshot;
  for (std::size_t i = 0; i < record.entries(); ++i) {
    if (read_entry(record.entry(i), snapshot) && snapshot.descriptor < 0) {
      const bool lives = record.taken(i) || find_command(snapshot, here).pid != 0;
      runs.push_back(lives ? run_in(snapshot) : lost_run(snapshot));
    }
  }
  return runs;
}

bool has(const std::vector<PastRun>& runs, std::uint64_t token) noexcept {
  return std::any_of(runs.begin(), runs.end(), [&](const PastRun& run) { return run.token == token; });
}
}  // namespace

void note_run(const Record& record, const PastRun& run) noexcept {
  RunSlot slot = {};
  slot.number = record.summary().run_events.add(1);
  slot.token = run.token;
  slot.start_ns = static_cast<std::uint64_t>(run.start_ns);
  slot.end_ns = static_cast<std::uint64_t>(run.end_ns);
  slot.pid = clamped<std::uint32_t>(run.pid);
  slot.uid = run.uid;
  slot.trigger = decltype(slot.trigger)::of(run.trigger.view());
  const Ended& ended = run.ended ? *run.ended : Ended();
  slot.duration_ns = static_cast<std::uint64_t>(ended.duration_ns);
  slot.status = clamped<std::uint16_t>(ended.status);
  slot.ending = static_cast<std::uint8_t>(ended.ending);
  slot.signal = clamped<std::uint8_t>(ended.signal);
  slot.tries = ended.tries;
  slot.user_us = static_cast<std::uint64_t>(ended.usage.user_us);
  slot.system_us = static_cast<std::uint64_t>(ended.usage.system_us);
  slot.most_memory_kib = clamped<std::uint32_t>(ended.usage.most_memory_kib);
  slot.exec_errno = clamped<std::uint16_t>(ended.exec_errno);
  slot.step = static_cast<std::uint8_t>(ended.step);
  slot.blocks_read = clamped<std::uint32_t>(ended.usage.blocks_read);
  slot.blocks_written = clamped<std::uint32_t>(ended.usage.blocks_written);
  write_slot(record, history_offset, kept_runs, slot);
}

void note_refusal(const Record& record, const Refusal& refusal) noexcept {
  RefusalSlot slot = {};
  slot.number = record.summary().skip_events.add(1);
  slot.when_ns = static_cast<std::uint64_t>(refusal.when_ns);
  slot.holder_token = refusal.holder_token;
  slot.pid = clamped<std::uint32_t>(refusal.pid);
  slot.uid = refusal.uid;
  slot.holder_pid = clamped<std::uint32_t>(refusal.holder_pid);
  slot.why = static_cast<std::uint8_t>(refusal.why);
  slot.trigger = decltype(slot.trigger)::of(refusal.trigger.view());
  write_slot(record, refusals_offset, kept_refusals, slot);
}

// The ring first: a kill between it and the count leaves a count too low by one, never a run that is lost twice.
bool note_lost(const Record& record, const Snapshot& snapshot, std::int64_t end_ns) noexcept {
  if (snapshot.descriptor >= 0 || has(ended_runs(record), snapshot.token)) {
    return false;  // it was no run; or its supervisor was killed between the end and the entry
  }
  PastRun run = lost_run(snapshot);
  run.end_ns = end_ns;
  note_run(record, run);
  Summary& summary = record.summary();
  summary.lost.add(1);
  summary.failures_in_a_row.add(1);
  summary.last_ending.store(static_cast<std::uint64_t>(Ending::lost));
  return true;
}

std::vector<PastRun> runs_of(const Record& record, const Here& here) noexcept {
  // The entries first: a run that ends meanwhile is then met twice, not never.
  const auto open = unnoted_runs(record, here);
  auto runs = ended_runs(record);
  for (const PastRun& run : open) {
    if (!has(runs, run.token)) {
      runs.push_back(run);
    }
  }
  std::sort(runs.begin(), runs.end(),
            [](const PastRun& left, const PastRun& right) { return left.token < right.token; });
  return runs;
}

std::uint64_t unnoted_losses(const Record& record, const Here& here) noexcept {
  auto lost = unnoted_runs(record, here);
  std::erase_if(lost, [](const PastRun& run) { return !run.ended; });
  if (!lost.empty()) {
    const auto runs = ended_runs(record);
    std::erase_if(lost, [&](const PastRun& run) { return has(runs, run.token); });
  }
  return lost.size();
}

std::vector<Refusal> refusals_of(const Record& record) noexcept {
  std::vector<RefusalSlot> slots;
  RefusalSlot slot = {};
  for (std::size_t i = 0; i < kept_refusals; ++i) {
    if (read_slot(record, refusals_offset, kept_refusals, i, slot)) {
      slots.push_back(slot);
    }
  }
  std::sort(slots.begin(), slots.end(),
            [](const RefusalSlot& left, const RefusalSlot& right) { return left.number < right.number; });
  std::vector<Refusal> refusals;
  for (const RefusalSlot& each : slots) {
    Refusal& refusal = refusals.emplace_back();
    refusal.when_ns = static_cast<std::int64_t>(each.when_ns);
    refusal.why = static_cast<Why>(each.why);
    refusal.pid = clamped<int>(each.pid);
    refusal.uid = each.uid;
    refusal.trigger = each.trigger.text();
    refusal.holder_token = each.holder_token;
    refusal.holder_pid = clamped<int>(each.holder_pid);
  }
  return refusals;
}

}  // namespace shm::guard
