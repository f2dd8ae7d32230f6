// queue: items in order, each of any bytes, that are pushed and popped, or taken and acknowledged. Every operation is
// all of it or nothing, whenever its process is killed: one transaction, or two where a large item without a key is
// pushed or popped by itself (queue_transit.hpp).
//   ready    waits to be popped or taken: higher priority first, then first come first served
//   held     was taken by a process and is neither acknowledged nor given back. It is ready again the moment that
//            process ends or its time (ttr) is over, at the front of its priority: every operation looks for such
//            items first
//   delayed  was released, to be ready again after a time
//   buried   was put aside: by bury(), or because it came back after max_attempts attempts; until kick()
// Any process that may write the object; one thread at a time per Queue. The Store must outlive it.
// Invariants: an item is in exactly one of these states; ids grow and are never given out twice; with limits, the items
// of all states together are never more, nor larger.
#pragma once
#include <vector>
#include "object/end.hpp"
#include "object/kind.hpp"
#include "object/owner.hpp"
#include "object/permissions.hpp"
#include "os/buffer.hpp"

namespace shm::object {

struct QueueLimits {
  std::uint64_t max_items = 0;  ///< 0: none
  std::uint64_t max_bytes = 0;  ///< of items alone; 0: none
  std::int64_t ttr_ns = 0;      ///< how long an item may be held if take() says nothing; 0: as long as its holder lives
  std::uint64_t max_attempts = 0;  ///< an item that comes back after so many is buried; 0: none is
};

enum class ItemState : std::uint8_t { ready = 1, held = 2, delayed = 3, buried = 4 };

struct Item {
  std::uint64_t id = 0;
  std::int64_t priority = 0;
  std::uint64_t attempts = 0;  ///< how often it was taken
  ItemState state = ItemState::ready;
  std::int64_t due_ns = 0;  ///< by the clock that counts suspend: held until, delayed until; 0: no time
  Owner owner;              ///< held by
  os::Buffer key;           ///< what push() was told to be unique by; may be empty
  os::Buffer bytes;
};

struct QueueStats {
  std::uint64_t ready = 0, held = 0, delayed = 0, buried = 0;  ///< items now
  std::uint64_t bytes = 0;                                     ///< of them all
  std::uint64_t pushed = 0, popped = 0, acknowledged = 0;      ///< items ever
  std::uint64_t released = 0;                                  ///< times ever: by release()
  std::uint64_t returned = 0;                                  ///< times ever: its holder ended
  std::uint64_t expired = 0;                                   ///< times ever: its time was over
};

/// All that a queue holds at one moment, as if nobody held anything: items that are held are ready, at the front.
struct QueueContent {
  std::vector<Item> items;  ///< the ready ones in their order, then those that are delayed, then those that are buried
  std::uint64_t last_id = 0;
  QueueStats ever;  ///< what was counted; its numbers of items and bytes mean nothing
};

/// Why no queue of these limits can hold that; null if it can.
const char* why_no_content(const QueueLimits& limits, const QueueContent& content);

struct NewItem {
  std::span<const std::byte> bytes;
  std::span<const std::byte> key;  ///< not empty: pushed only while no item of the queue has that key
  std::int64_t priority = 0;
  End end = End::back;  ///< of its priority
};

class Queue {
 public:
  /// Code::exists if the name is taken.
  static os::Result<void> create(const store::Store& store, std::string_view name, const QueueLimits& limits,
                                 const Permissions& permissions) noexcept;
  static os::Result<Queue> open(const store::Store& store, std::string_view name, os::Access access) noexcept;
  [[nodiscard]] const QueueLimits& limits() const noexcept { return limits_; }
  [[nodiscard]] std::uint64_t object_id() const noexcept { return region_.header().id; }

  // Each of these may fail with Code::absent (it was removed meanwhile), timed_out (a stopped process is changing it),
  // corrupt or full. `deadline_ns`: of the monotonic clock, until which to wait, then Code::timed_out; 0: not at all;
  // -1: without end.

  /// Pushes all of them or none, in that order. `ids` receives theirs. Code::limit: there is no room (waits);
  /// Code::range: they could never fit; Code::lost: one's key is there already.
  os::Result<void> push(std::span<const NewItem> items, std::int64_t deadline_ns, std::vector<std::uint64_t>& ids);
  /// Takes away up to `count` ready items. Code::empty (waits).
  os::Result<std::vector<Item>> pop(End end, std::uint64_t count, std::int64_t deadline_ns);
  /// Takes up to `count` ready items from the front, to be held by `holder` for `ttr_ns` (-1: the queue's; 0: as long
  /// as it lives). A holder of pid 0 is nobody in particular: only time ends what it holds. Code::empty (waits).
  os::Result<std::vector<Item>> take(const Owner& holder, std::uint64_t count, std::int64_t ttr_ns,
                                     std::int64_t deadline_ns);

  // Of a held item. Code::absent: no item of that id is held (it may have come back meanwhile).
  os::Result<void> acknowledge(std::span<const std::uint64_t> ids) noexcept;  ///< all or none
  /// Ready again, at the front of its priority; or after `delay_ns`, at the back; buried if it had its attempts.
  /// `attempted` false: this one is not counted.
  os::Result<ItemState> release(std::uint64_t id, std::int64_t delay_ns, bool attempted = true) noexcept;
  os::Result<void> bury(std::uint64_t id) noexcept;
  /// Its time begins anew: `ttr_ns` (-1: what take() said).
  os::Result<void> touch(std::uint64_t id, std::int64_t ttr_ns) noexcept;
  /// Another process holds it from now on.
  os::Result<void> hand_over(std::uint64_t id, const Owner& owner) noexcept;

  /// Makes these buried or delayed items ready, at the back, with no attempts counted; without ids, all that are
  /// buried. Returns how many. Code::absent: one of the ids is neither; then nothing changes.
  os::Result<std::uint64_t> kick(std::span<const std::uint64_t> ids) noexcept;
  /// Removes the items of all states. Returns how many.
  os::Result<std::uint64_t> clear() noexcept;

  // For who waits for more than items: takes without waiting, then sleeps until it is worth looking again.
  /// Changes with each change of the queue. What is due, and whose holder ends, changes nothing by itself.
  [[nodiscard]] std::uint64_t generation() const noexcept { return region_.generation(); }
  /// Sleeps until the generation is no longer `seen` or `deadline_ns` has passed, or shorter: at most a tenth of a
  /// second.
  void wait(std::uint64_t seen, std::int64_t deadline_ns) const noexcept { region_.wait(seen, deadline_ns); }

  // Reading needs no right to write, and is not held up by writers. Items whose holder has ended, whose time is over or
  // whose delay has passed are told of as what the next change will make of them.
  os::Result<std::uint64_t> len() const noexcept;  ///< ready items
  os::Result<QueueStats> stats() const noexcept;
  /// Up to `count` ready items from that end. May be none.
  os::Result<std::vector<Item>> peek(End end, std::uint64_t count) const;
  /// All items of that state, the first first.
  os::Result<std::vector<Item>> items(ItemState state) const;

  // For copies; queue_content.cpp.
  os::Result<QueueContent> content() const;
  /// Fills a queue that is empty and new. Code::usage: why_no_content().
  os::Result<void> restore(const QueueContent& content);
  /// Makes ready what anybody holds, in the order in which it was taken: a copy's items are nobody's.
  os::Result<void> disown() noexcept;

 private:
  os::Result<void> try_push(std::span<const NewItem> items, std::uint64_t size, std::vector<std::uint64_t>& ids);
  /// Calls `take(change, copy)` until it has called `copy(item, state)` at least once, or has returned a large item
  /// that it took from that end, to be popped alone.
  template <class Take>
  os::Result<std::vector<Item>> wait_for_items(const char* attempt, std::uint64_t count, std::int64_t deadline_ns,
                                               Take take, End end);
  /// Whether it matters that what comes back by itself is in its place before: it does for what puts items somewhere.
  enum class Order : std::uint8_t { free, matters };
  template <class Change>
  os::Result<void> change_held(const char* attempt, std::span<const std::uint64_t> ids, Order order,
                               Change act) noexcept;
  template <class See>
  auto look(See see) const;
  os::Result<std::vector<Item>> copies(const segment::Reader& reader, const std::vector<segment::Ref>& found,
                                       ItemState state) const;

  segment::Region region_;
  QueueLimits limits_;
};

}  // namespace shm::object
