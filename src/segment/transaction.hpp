// One change of one object: all of it happens, at commit(), or none of it. Whoever has a Transaction has the object's
// lock. What is written goes through here and nowhere else: into words that others may see by set(), which notes the
// old word first; into new memory by Fresh, which nobody can reach before commit() has happened. What goes wrong on the
// way (no memory, damaged content) is remembered, later calls do nothing that matters, and commit() returns it: so a
// kind writes its change down in a straight line and looks once, at the end. One thread. A child forked while its
// parent has one has no part in it. The Region must outlive it and not be moved.
#pragma once
#include "os/error.hpp"
#include "segment/reader.hpp"

namespace shm::segment {

class Region;

/// New memory of a transaction. Its content is anything: every word that will be read must be put. What is put after
/// the transaction is over, or in a child that a fork made meanwhile, is dropped.
class Fresh {
 public:
  Fresh() = default;  ///< none: what is put there is dropped
  [[nodiscard]] Ref ref() const noexcept { return ref_; }
  /// Bytes; as many as were asked for, or a few more.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  void put(std::uint64_t word, std::uint64_t value) const noexcept;
  /// The bytes, from word `word` on.
  void put_bytes(std::uint64_t word, std::span<const std::byte> bytes) const noexcept;

 private:
  friend class Transaction;
  Fresh(const Region& region, std::uint64_t session, Ref ref, std::uint64_t size) noexcept;
  [[nodiscard]] bool writable() const noexcept;
  const Region* region_ = nullptr;
  std::uint64_t session_ = 0;
  std::uint64_t generation_ = 0;  // moves on when the transaction ends
  Ref ref_;
  std::uint64_t size_ = 0;
};

class Transaction : public Reader {
 public:
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  /// Undoes everything, unless it was committed.
  ~Transaction();

  void set(Ref at, std::uint64_t value) noexcept {
    const bool in_root = at.offset >= root(0).offset && at.offset < root(root_words).offset;
    if (Memory::inside(at.offset, 8, capacity_) && (in_root || at.offset >= heap_start)) {
      log_and_store(at.offset, value);
    } else {
      mark_damaged();
    }
  }
  void set(Ref at, Ref value) noexcept { set(at, value.offset); }
  void set_root(std::size_t index, std::uint64_t value) noexcept { set(root(index), value); }
  void set_root(std::size_t index, Ref value) noexcept { set(root(index), value.offset); }
  /// Modulo 2^64: subtracts too. To add 0 is no change: who waits is not woken by others that find nothing.
  void add_root(std::size_t index, std::uint64_t more) noexcept {
    if (more != 0) {
      set_root(index, get_root(index) + more);
    }
  }

  /// As set(), for a word of the heap that others change without the lock (region_word.hpp), some of whom may still be
  /// on their way: `wanted(now, next)` says what it is to be, perhaps several times; false from it leaves the word
  /// alone. Returns what it said last.
  template <class Wanted>
  bool set_shared(Ref at, Wanted wanted) noexcept {
    if (!Memory::inside(at.offset, 8, capacity_) || at.offset < heap_start) {
      mark_damaged();
    }
    for (bool noted = !needs_entry(at.offset), again = false; mine() && !failed(); again = true) {
      const std::uint64_t now = memory_.load(at.offset);
      if (again) {
        amend_note(at.offset, now);
      }
      std::uint64_t next = now;
      if (!wanted(now, next)) {
        return false;
      }
      if (next == now) {
        return true;
      }
      if (!noted) {
        noted = note(at.offset);
        amend_note(at.offset, now);
      }
      dirty_ = true;
      if (!failed() && memory_.exchange(at.offset, now, next)) {
        return true;
      }
    }
    return false;
  }

  /// For a word that is read first and changed, or freed, soon: saves a page fault.
  void will_write(Ref at) const noexcept {
    if (Memory::inside(at.offset, 8, capacity_)) {
      memory_.will_write(at.offset);
    }
  }

  /// New memory of `size` bytes or a few more.
  Fresh allocate(std::uint64_t size) noexcept;
  /// Gives back what some transaction allocated: when this one has committed, others may have it.
  void free(Ref block) noexcept;
  /// How many bytes the block has.
  [[nodiscard]] std::uint64_t size_of(Ref block) const noexcept;
  /// The bytes of a block that is in use from byte `used` on, rounded up to a word: they must be of no meaning to
  /// anybody (behind the end of a text, say).
  Fresh spare(Ref block, std::uint64_t used) noexcept;

  /// Gives up: commit() will undo everything and return this. The first error stays.
  void fail(const os::Error& error) noexcept;
  [[nodiscard]] bool failed() const noexcept { return failed_ || damaged(); }

  /// Makes the change happen for everybody, or undoes it if something went wrong. Either way it is over.
  /// Code::full: no memory or a limit of it; Code::corrupt; what fail() was given.
  os::Result<void> commit() noexcept;

  /// Removes the object instead: what this transaction changed does not happen, whoever has the object open finds it
  /// absent from now on, and who waits for it wakes.
  os::Result<void> remove() noexcept;

  /// Removes the object by giving its name to another one: `move()` does that, in one step, and returns a Result. If it
  /// fails, the object stays as it is. Whoever is killed on the way, either the object is there or the other one is.
  template <class Move>
  os::Result<void> give_way(Move move) noexcept {
    auto done = begin_giving_way();
    if (done) {
      done = move();
      end_giving_way(done.has_value());
    }
    return done;
  }

 private:
  friend class Draft;
  friend class Region;
  class Key {  // Region's alone: a Transaction is made where it will stay
    friend class Region;
    Key() = default;
  };

 public:
  Transaction(Key, Region& region, const Memory& memory, std::uint64_t capacity) noexcept;

 private:
  // Not after it is over, and not in a child that a fork made: the session there is not the one that has the lock.
  [[nodiscard]] bool mine() const noexcept { return region_ != nullptr && *session_now_ == session_; }
  bool grow(std::uint64_t end) noexcept;
  bool grow_log(std::uint64_t count) noexcept;
  std::uint64_t top() noexcept;
  /// Every change of what others can reach, of the heap's own words too.
  void log_and_store(std::uint64_t offset, std::uint64_t value) noexcept {
    dirty_ = true;
    if (mine() && !failed() && (!needs_entry(offset) || note(offset))) {
      memory_.store(offset, value);
    }
  }
  // What lies behind the old top is out of reach again once the top is put back, and of a word that the log has, an
  // older entry than this one would be is the one that counts. Only root words are remembered: those change again and
  // again.
  [[nodiscard]] bool needs_entry(std::uint64_t offset) const noexcept {
    static_assert(root_words <= 64);
    const std::uint64_t word = (offset - root(0).offset) / 8;
    return word < root_words ? (noted_ >> word & 1) == 0 : offset < old_top_;
  }
  bool note(std::uint64_t offset) noexcept;
  void amend_note(std::uint64_t offset, std::uint64_t old) noexcept;
  std::uint64_t take_free(std::size_t size_class) noexcept;
  std::uint64_t take_top(std::size_t size_class) noexcept;
  std::uint64_t take_larger(std::size_t size_class) noexcept;
  void chain(std::uint64_t at, std::uint64_t head) noexcept;
  void hand_back() noexcept;
  void suspend() noexcept;
  [[nodiscard]] os::Error failure() const noexcept;
  void end() noexcept;
  os::Result<void> begin_giving_way() noexcept;
  void end_giving_way(bool given) noexcept;

  Region* region_;
  const std::uint64_t* session_now_;  // the Region's session as it is: 0 in a child
  std::uint64_t session_;
  std::uint64_t freed_ = 0;  // blocks to give back at commit(), chained by their first words
  std::uint64_t old_top_;    // what is behind it is new
  std::uint64_t noted_ = 0;  // root words that the log has, a bit each
  bool reused_ = false;      // it has taken a block from a free list
  bool quiet_ = false;       // its commit wakes nobody: another one will follow
  bool dirty_ = false;       // it has tried to change something
  bool failed_ = false;      // why is in the Region: an error is large, and most transactions have none
};

}  // namespace shm::segment
