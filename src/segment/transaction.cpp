#include "segment/transaction.hpp"
#include <cstring>
#include "segment/region.hpp"
#include "segment/size_class.hpp"
#include "segment/undo.hpp"
#include "segment/wake.hpp"

namespace shm::segment {

using os::Code;
using os::Result;

namespace {
// Entries that adding the log's next part takes itself.
constexpr std::uint64_t log_reserve = 2;
}  // namespace

Fresh::Fresh(const Region& region, std::uint64_t session, Ref ref, std::uint64_t size) noexcept
    : region_(&region), session_(session), generation_(region.generation()), ref_(ref), size_(size) {}

bool Fresh::writable() const noexcept {
  return region_ != nullptr && region_->session_.id() == session_ && region_->generation() == generation_;
}

void Fresh::put(std::uint64_t word, std::uint64_t value) const noexcept {
  if (word < size_ / 8 && writable()) {
    region_->memory_.store(ref_.offset + word * 8, value);
  }
}

void Fresh::put_bytes(std::uint64_t word, std::span<const std::byte> bytes) const noexcept {
  if (word > size_ / 8 || bytes.size() > size_ - word * 8 || !writable()) {
    return;
  }
  region_->memory_.store_bytes(ref_.offset + word * 8, bytes);
}

Transaction::Transaction(Key, Region& region, const Memory& memory, std::uint64_t capacity) noexcept
    : Reader(memory, capacity),
      region_(&region),
      session_now_(region.session_.watch()),
      session_(region.session_.id()),
      old_top_(load(memory.control().top)) {
  if (region.outer_.on) {  // goes on where the operation before has stopped
    const auto& outer = region.outer_;
    freed_ = outer.freed;
    old_top_ = outer.old_top;
    noted_ = outer.noted;
    reused_ = outer.reused;
  }
}

// Back to the change of several objects that it is a part of.
void Transaction::suspend() noexcept {
  auto& outer = region_->outer_;
  outer.on = true;
  outer.dirty = outer.dirty || dirty_ || freed_ != outer.freed;
  outer.freed = freed_;
  outer.old_top = old_top_;
  outer.noted = noted_;
  outer.reused = reused_;
  outer.capacity = capacity_;
  if (failed() && !outer.failed) {
    outer.failed = true;
    region_->failure_ = failure();
  }
  region_ = nullptr;
}

Transaction::Transaction(Transaction&& other) noexcept
    : Reader(other),
      region_(std::exchange(other.region_, nullptr)),
      session_now_(other.session_now_),
      session_(other.session_),
      freed_(other.freed_),
      old_top_(other.old_top_),
      noted_(other.noted_),
      reused_(other.reused_),
      quiet_(other.quiet_),
      dirty_(other.dirty_),
      failed_(other.failed_) {}

Transaction::~Transaction() {
  if (!mine()) {
    return;
  }
  if (region_->outer_.on) {
    // What it has changed can't be undone alone: the change of several objects can't happen any more.
    if (dirty_ || freed_ != region_->outer_.freed) {
      fail(os::fail(Code::system, "change", region_->name(), "a part of the change was given up"));
    }
    suspend();
  } else {
    (void)roll_back(memory_, capacity_);  // a log that can't be undone is left for the next one to say so
    end();
  }
}

void Transaction::end() noexcept {
  region_->unlock();
  region_ = nullptr;
}

void Transaction::fail(const os::Error& error) noexcept {
  if (!failed_ && mine()) {
    failed_ = true;
    region_->failure_ = error;
  }
}

bool Transaction::note(std::uint64_t offset) noexcept {
  const std::uint64_t count = count_of(load(memory_.control().head));
  if (count + log_reserve >= first_chunk_entries && !grow_log(count)) {
    return false;
  }
  if (!append(memory_, capacity_, offset)) {
    mark_damaged();
    return false;
  }
  if (const std::uint64_t word = (offset - root(0).offset) / 8; word < root_words) {
    noted_ |= std::uint64_t{1} << word;
  }
  return true;
}

void Transaction::amend_note(std::uint64_t offset, std::uint64_t old) noexcept {
  if (needs_entry(offset) && !failed()) {
    amend(memory_, capacity_, old);
  }
}

// Room for entry `count` and for what adding the log's next part will log itself.
bool Transaction::grow_log(std::uint64_t count) noexcept {
  if (has_room(memory_, capacity_, count + log_reserve)) {
    return true;
  }
  const UndoPlace next = undo_place(count + log_reserve);
  const std::uint64_t bytes = (first_chunk_entries << next.chunk) * sizeof(UndoEntry);
  auto& control = memory_.control();
  // Never from a free list: what this transaction frees is not free yet. Straight from the top, which these two undo.
  const std::uint64_t at = top();
  if (at == 0) {
    return false;
  }
  const std::size_t size_class = class_of(bytes + block_word);
  if (count + log_reserve >= most_entries || next.chunk >= undo_chunks || !grow(at + class_size(size_class))) {
    fail(os::fail(Code::full, "change", region_->name(), "the change is too large", "change less at once"));
    return false;
  }
  bool noted = append(memory_, capacity_, offsetof(Control, top));
  if (noted) {
    store(control.top, at + class_size(size_class));
    memory_.store(at, block_head(0, size_class));
    noted = append(memory_, capacity_, offsetof(Control, chunks) + next.chunk * 8);
  }
  if (!noted) {
    mark_damaged();
    return false;
  }
  store(control.chunks[next.chunk], at + block_word);
  return true;
}

// Where the heap ends; 0 for a place where it can't.
std::uint64_t Transaction::top() noexcept {
  const std::uint64_t at = load(memory_.control().top);
  if (at % 16 == 0 && at >= heap_start && at <= capacity_) {
    return at;
  }
  mark_damaged();
  return 0;
}

bool Transaction::grow(std::uint64_t end) noexcept {
  if (end <= capacity_) {
    return true;
  }
  const auto grown = region_->grow(end);
  if (!grown) {
    return false;
  }
  capacity_ = *grown;
  return true;
}

os::Error Transaction::failure() const noexcept {
  return failed_ ? region_->failure_
                 : os::fail(Code::corrupt, "change", region_->name(), "its content is damaged",
                            "look at it, then 'shmctl rm' it");
}

Result<void> Transaction::commit() noexcept {
  if (!mine()) {
    return std::unexpected(os::fail(Code::system, "change", "an object", "the change is over already"));
  }
  if (region_->outer_.on) {
    const bool good = !failed();
    const os::Error error = good ? os::Error() : failure();
    suspend();
    return good ? Result<void>() : std::unexpected(error);
  }
  if (!failed()) {
    hand_back();
  }
  if (failed()) {
    os::Error error = failure();
    if (const auto undone = roll_back(memory_, capacity_); !undone) {
      error = undone.error();
    }
    end();
    return std::unexpected(error);
  }
  const bool changed = count_of(load(memory_.control().head)) != 0;
  if (changed) {
    segment::commit(memory_);
    auto& control = memory_.control();
    store(control.changed, generation_of(load(control.head)));
  }
  end();
  if (changed && !quiet_) {
    wake_after_release(memory_);
  }
  return {};
}

Result<void> Transaction::remove() noexcept {
  if (!mine() || region_->outer_.on) {
    return std::unexpected(os::fail(Code::system, "remove", "an object", "the change is over already"));
  }
  auto& control = memory_.control();
  Result<void> removed = roll_back(memory_, capacity_);
  // Taking the name away needs a right that changing does not: without it, nothing must be half removed.
  if (removed && !os::may_change_names(region_->store_->dir())) {
    removed = std::unexpected(os::fail_errno(EACCES, "remove", region_->name()));
  }
  if (removed) {
    store(control.removed, gone_for_good);
    Memory::order();
    store(control.head, head_of(generation_of(load(control.head)) + 1, 0));
    removed = region_->finish_removal();
    wake_sleepers(memory_);
  }
  end();
  return removed;
}

Result<void> Transaction::begin_giving_way() noexcept {
  if (!mine() || region_->outer_.on) {
    return std::unexpected(os::fail(Code::system, "replace", "an object", "the change is over already"));
  }
  auto undone = roll_back(memory_, capacity_);
  if (undone) {
    store(memory_.control().removed, giving_way);
    Memory::order();
  } else {
    end();
  }
  return undone;
}

void Transaction::end_giving_way(bool given) noexcept {
  auto& control = memory_.control();
  Memory::order();
  store(control.removed, given ? gone_for_good : 0);
  Memory::order();
  if (given) {
    store(control.head, head_of(generation_of(load(control.head)) + 1, 0));
    store::remove_lock(*region_->store_, region_->header_.id);
    wake_sleepers(memory_);
  }
  end();
}

}  // namespace shm::segment
