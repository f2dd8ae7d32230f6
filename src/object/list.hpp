// list: items in order, each of any bytes, found by their index, as Python's list. Every operation is all of it or
// nothing, whenever its process is killed: one transaction. An item is found by its index in the same time however many
// there are; adding and removing at both ends costs the same however many there are; in the middle, a word for some
// hundred items.
// Indexes count from 0, negative ones from the end: -1 is the last.
// Any process that may write the object; one thread at a time per List. The Store must outlive it.
// Invariant: with limits, the items together are never more, nor larger.
#pragma once
#include <vector>
#include "object/end.hpp"
#include "object/kind.hpp"
#include "object/permissions.hpp"
#include "object/slice.hpp"
#include "os/buffer.hpp"

namespace shm::object {

struct ListLimits {
  std::uint64_t max_items = 0;  ///< 0: none
  std::uint64_t max_bytes = 0;  ///< of items alone; 0: none
};

struct ListStats {
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;  ///< of them all
};

/// Copies of items.
class ListItems {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
  [[nodiscard]] bool empty() const noexcept { return ends_.empty(); }
  /// Of all of them.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_.size(); }
  [[nodiscard]] std::string_view operator[](std::size_t number) const noexcept {
    const std::uint64_t begin = number == 0 ? 0 : ends_[number - 1];
    return bytes_.view().substr(begin, ends_[number] - begin);
  }

 private:
  friend class ListCopier;
  os::Buffer bytes_;
  std::vector<std::uint64_t> ends_;
};

/// What get() is asked for, and what it found.
struct ListPart {
  bool one = false;  ///< item `index`; else `slice`
  std::int64_t index = 0;
  Slice slice;

  bool there = false;      ///< always, of a slice
  std::int64_t first = 0;  ///< the index, from 0 on, of the first item that was found; the others are a step apart
  ListItems items;
};

class List {
 public:
  using Bytes = std::span<const std::byte>;
  struct Replacement {
    std::int64_t index;
    Bytes item;
  };
  enum class Order : std::uint8_t {
    bytes,   ///< as numbers from 0 to 255, a beginning before what it begins
    number,  ///< by the decimal number that an item begins with, exactly; 0 where there is none
  };

  /// Code::exists if the name is taken.
  static os::Result<void> create(const store::Store& store, std::string_view name, const ListLimits& limits,
                                 const Permissions& permissions) noexcept;
  static os::Result<List> open(const store::Store& store, std::string_view name, os::Access access) noexcept;
  [[nodiscard]] const ListLimits& limits() const noexcept { return limits_; }
  [[nodiscard]] std::uint64_t object_id() const noexcept { return region_.header().id; }

  // Each of these may fail with Code::absent (it was removed meanwhile), timed_out (a stopped process is changing it),
  // corrupt or full. `deadline_ns`: of the monotonic clock, until which to wait, then Code::timed_out; 0: not at all;
  // -1: without end. What returns a length says how many items there are then. Without items nothing changes.

  /// Adds items at that end, in the order in which they will stand. Code::limit: there is no room (waits, unless there
  /// never will be).
  os::Result<std::uint64_t> add(End end, std::span<const Bytes> items, std::int64_t deadline_ns);
  /// Before item `index`; an index outside is the end on that side. Code::limit, as above.
  os::Result<std::uint64_t> insert(std::int64_t index, std::span<const Bytes> items, std::int64_t deadline_ns);
  /// All or none; of several for one index the last counts. Code::empty: there is no such item; Code::limit.
  os::Result<void> set(std::span<const Replacement> items);
  /// Replaces a slice; one of step 1 by any number of items, others by as many as they have: else Code::range.
  os::Result<std::uint64_t> set(const Slice& slice, std::span<const Bytes> items);
  /// Takes away up to `count` items from that end, the outermost first. Code::empty (waits).
  os::Result<ListItems> pop(End end, std::uint64_t count, std::int64_t deadline_ns);
  /// Takes away one. Code::empty: there is no such item (waits).
  os::Result<ListItems> pop(std::int64_t index, std::int64_t deadline_ns);
  /// Removes the first item that has these bytes, or all of them. Returns how many. Code::lost: there is none.
  os::Result<std::uint64_t> remove(Bytes item, bool all);
  os::Result<void> reverse();
  /// Equal items keep their order, or with `reverse` too.
  os::Result<void> sort(Order order, bool reverse);
  /// Returns how many items there were.
  os::Result<std::uint64_t> clear() noexcept;

  // Reading needs no right to write, and is not held up by writers.
  os::Result<std::uint64_t> len() const noexcept;
  os::Result<ListStats> stats() const noexcept;
  /// Fills in what the parts ask for, all of one moment. Code::empty: `all`, and a single item is not there.
  os::Result<void> get(std::span<ListPart> parts, bool all) const;
  /// The same, but waits until the single items are there.
  os::Result<void> wait_for(std::span<ListPart> parts, std::int64_t deadline_ns);
  /// The index of the first item from index `from` on that has these bytes. Code::lost: there is none.
  os::Result<std::uint64_t> index(Bytes item, std::int64_t from) const noexcept;
  os::Result<std::uint64_t> count(Bytes item) const noexcept;

 private:
  /// One transaction: `act(change)` returns a Result; with an error, it must not have changed anything.
  template <class Act>
  auto change(Act act);
  /// Whether `items` of `size` bytes may come where `fewer` of `less` bytes go.
  [[nodiscard]] os::Result<void> check_room(const segment::Reader& reader, const char* attempt, std::uint64_t items,
                                            std::uint64_t fewer, std::uint64_t size, std::uint64_t less) const noexcept;
  /// Adds what `put(chunks, slots)` puts into the list.
  template <class Put>
  os::Result<std::uint64_t> add_items(const char* attempt, std::span<const Bytes> items, std::int64_t deadline_ns,
                                      Put put);

  segment::Region region_;
  ListLimits limits_;
};

}  // namespace shm::object
