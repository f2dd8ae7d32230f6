#include "guard/pause.hpp"
#include <cstddef>
#include "guard/job_files.hpp"
#include "guard/packed_text.hpp"
#include "os/clock.hpp"
#include "store/name.hpp"

namespace shm::guard {

namespace {
using os::Code;
using os::Result;

constexpr int tries = 100;  // a writer is done within a microsecond

/// As it lies in the summary.
struct Block {
  std::uint64_t check;
  std::uint64_t since_ns;
  std::uint64_t until_ns;
  std::uint64_t by;  // a uid + 1
  std::uint64_t reason_size;
  PackedText<reason_bytes / sizeof(std::uint64_t)> reason;
};
constexpr std::size_t block_words = sizeof(Block) / sizeof(std::uint64_t);
constexpr std::size_t block_offset = offsetof(Summary, pause_check);
static_assert(block_offset + sizeof(Block) == offsetof(Summary, reason) + reason_bytes &&
                  offsetof(Summary, reason) - block_offset == offsetof(Block, reason),
              "the summary's layout is on disk: raise store::format_version and read the old too");

std::uint64_t checksum(const Block& block) noexcept {
  std::uint64_t words[block_words];
  __builtin_memcpy(&words[0], &block, sizeof words);
  std::uint64_t sum = 0x7061757365;
  for (std::size_t i = 1; i < block_words; ++i) {
    sum = (sum ^ words[i]) * 0x9e3779b97f4a7c15U;
    sum ^= sum >> 29U;
  }
  return sum;
}

bool read_block(const Summary& summary, Block& block) noexcept {
  const auto* const cells = &summary.pause_check;
  for (int turn = 0; turn < tries; ++turn) {
    std::uint64_t words[block_words];
    for (std::size_t i = 0; i < block_words; ++i) {
      words[i] = cells[i].load();
    }
    __builtin_memcpy(&block, &words[0], sizeof block);
    if (block.check == checksum(block)) {
      return true;
    }
  }
  return false;
}

Result<void> write_block(const Record& record, Block& block) noexcept {
  block.check = checksum(block);
  return os::write_at(record.file(), std::as_bytes(std::span(&block, 1)), summary_offset + block_offset);
}

Block block_of(const Pause& pause) noexcept {
  Block block = {};
  block.since_ns = static_cast<std::uint64_t>(pause.since_ns);
  block.until_ns = static_cast<std::uint64_t>(pause.until_ns);
  block.by = std::uint64_t{pause.uid} + 1;
  block.reason_size = pause.reason.view().size();
  block.reason = decltype(block.reason)::of(pause.reason.view());
  return block;
}

Result<void> pause_once(const store::Store& store, std::string_view name, Block& block, bool* again) noexcept {
  const auto record = Record::open_or_create(store, name);
  if (!record) {
    return std::unexpected(record.error());
  }
  if (auto done = write_block(*record, block); !done) {
    return std::unexpected(os::fail_errno(done.error().sys_errno, "pause", name));
  }
  // Who removed the job meanwhile removed the pause with it.
  const auto now = os::info_at(store.dir(), record_name(name).view());
  *again = !now || !now->same_file(record->info());
  return {};
}
}  // namespace

std::optional<Pause> pause_of(const Summary& summary) noexcept {
  if (summary.paused_since_ns.load() == 0) {
    return {};
  }
  Pause pause;
  Block block = {};
  if (!read_block(summary, block)) {
    return pause;
  }
  pause.since_ns = static_cast<std::int64_t>(block.since_ns);
  pause.until_ns = static_cast<std::int64_t>(block.until_ns);
  pause.uid = static_cast<std::uint32_t>(block.by - 1);
  pause.reason = block.reason.text();
  const bool over = block.since_ns == 0 || (pause.until_ns != 0 && pause.until_ns <= os::realtime_ns());
  return over ? std::optional<Pause>() : pause;
}

Result<void> pause_job(const store::Store& store, std::string_view name, const Pause& pause) noexcept {
  if (auto valid = store::check_name(name); !valid) {
    return valid;
  }
  Block block = block_of(pause);
  bool again = true;
  for (int turn = 0; turn < tries && again; ++turn) {
    if (auto done = pause_once(store, name, block, &again); !done) {
      return done;
    }
  }
  return again ? std::unexpected(os::fail(Code::busy, "pause", name, "the job keeps being removed")) : Result<void>();
}

Result<void> put_pause(const Record& record, const Pause& pause) noexcept {
  Block block = block_of(pause);
  return write_block(record, block);
}

Result<bool> resume_job(const store::Store& store, std::string_view name) noexcept {
  if (auto valid = store::check_name(name); !valid) {
    return std::unexpected(valid.error());
  }
  const auto record = Record::open(store, name, os::Access::write);
  if (!record) {
    return std::unexpected(record.error());
  }
  const bool paused = pause_of(record->summary()).has_value();
  Block none = {};
  if (auto done = write_block(*record, none); !done) {
    return std::unexpected(os::fail_errno(done.error().sys_errno, "resume", name));
  }
  return paused;
}

}  // namespace shm::guard
