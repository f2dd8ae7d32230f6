// Changes of a list in places that an index, a slice or an item's bytes say.
#include "object/list_change.hpp"
#include <map>
#include "object/list_copier.hpp"

namespace shm::object {

using namespace list;
using os::Code;
using os::fail;
using os::Result;
using segment::Transaction;

namespace {
// Moving slots one by one notes each in the log. From so many on it is better to write the rest of the list anew.
bool few(std::uint64_t words, std::uint64_t behind) noexcept {
  constexpr std::uint64_t always = 100;
  return words <= behind / 2 + always;
}

// Puts a slot in the place of another; returns the bytes that the item had.
std::uint64_t replace(Transaction& change, Chunks& chunks, std::uint64_t index, std::uint64_t slot) noexcept {
  const std::uint64_t old = chunks.get(index);
  const std::uint64_t size = list::size_of(change, old);
  free_slot(change, old);
  chunks.set(index, slot);
  return size;
}
}  // namespace

std::uint64_t list::splice(Transaction& change, Chunks& chunks, std::uint64_t first, std::uint64_t count,
                           std::span<const std::uint64_t> slots) {
  const std::uint64_t same = std::min<std::uint64_t>(count, slots.size());
  const std::uint64_t other = std::max<std::uint64_t>(count, slots.size()) - same;
  const std::uint64_t behind = chunks.length() - first;
  const std::uint64_t each = other == 0 ? 0 : chunks.cost(first + same);
  std::uint64_t freed = 0;
  if (other <= 1 ? few(same, behind) : few(same, behind) && other <= (behind / 2 + 100) / each) {
    for (std::uint64_t i = 0; i < same && !change.failed(); ++i) {
      freed += replace(change, chunks, first + i, slots[i]);
    }
    for (std::uint64_t i = same; i < slots.size() && !change.failed(); ++i) {
      chunks.insert(first + i, slots[i]);
    }
    for (std::uint64_t i = same; i < count && !change.failed(); ++i) {
      const std::uint64_t slot = chunks.erase(first + same);
      freed += list::size_of(change, slot);
      free_slot(change, slot);
    }
    return freed;
  }
  Tail tail = chunks.tail(first);
  for (const auto slot : slots) {
    tail.add(slot);
  }
  const auto drop = [&](std::uint64_t, std::uint64_t slot) {
    freed += list::size_of(change, slot);
    free_slot(change, slot);
    return !change.failed();
  };
  const auto keep = [&](std::uint64_t, std::uint64_t slot) {
    tail.add(slot);
    return !change.failed();
  };
  for_each(change, chunks.shape(), first, first + count, drop);
  for_each(change, chunks.shape(), first + count, chunks.length(), keep);
  chunks.replace(first, tail);
  return freed;
}

Result<void> List::set(std::span<const Replacement> items) {
  return change([&](Transaction& change) -> Result<void> {
    Chunks chunks(change);
    std::map<std::uint64_t, Bytes> wanted;
    for (const auto& item : items) {
      const auto place = index_in(item.index, chunks.length());
      if (!place) {
        return std::unexpected(no_such_item("set item of list", region_.name()));
      }
      wanted[*place] = item.item;
    }
    std::uint64_t more = 0;
    std::uint64_t less = 0;
    for (const auto& [index, item] : wanted) {
      more += item.size();
      less += list::size_of(change, chunks.get(index));
    }
    if (const auto room = check_room(change, "set item of list", 0, 0, more, less); !room) {
      return room;
    }
    for (const auto& [index, item] : wanted) {
      replace(change, chunks, index, make_slot(change, item));
    }
    count_bytes(change, more, less);
    return {};
  });
}

Result<std::uint64_t> List::set(const Slice& slice, std::span<const Bytes> items) {
  constexpr auto attempt = "set slice of list";
  return change([&](Transaction& change) -> Result<std::uint64_t> {
    Chunks chunks(change);
    const auto range = slice.of(chunks.length());
    if (slice.step != 1 && range.count != items.size()) {
      return std::unexpected(fail(Code::range, attempt, region_.name(), "there are not as many items as it has places",
                                  "give one for each, or say a slice without a step"));
    }
    const auto index = [&](std::uint64_t number) {
      return static_cast<std::uint64_t>(range.first + static_cast<std::int64_t>(number) * slice.step);
    };
    std::uint64_t less = 0;
    for (std::uint64_t i = 0; i < range.count && !change.damaged(); ++i) {
      less += list::size_of(change, chunks.get(index(i)));
    }
    const std::uint64_t more = total_size(items);
    if (const auto room = check_room(change, attempt, items.size(), range.count, more, less); !room) {
      return std::unexpected(room.error());
    }
    const auto slots = make_slots(change, items);
    if (slice.step == 1) {
      splice(change, chunks, index(0), range.count, slots);
    } else {
      for (std::size_t i = 0; i < slots.size() && !change.failed(); ++i) {
        replace(change, chunks, index(i), slots[i]);
      }
    }
    count_bytes(change, more, less);
    return chunks.length();
  });
}

Result<std::uint64_t> List::remove(Bytes item, bool all) {
  return change([&](Transaction& change) -> Result<std::uint64_t> {
    Chunks chunks(change);
    const Wanted wanted(item);
    std::vector<std::uint64_t> found;
    std::uint64_t words = 0;
    for_each(change, chunks.shape(), 0, chunks.length(), [&](std::uint64_t index, std::uint64_t slot) {
      if (wanted.is(change, slot)) {
        found.push_back(index);
        words += chunks.cost(index);
      }
      return all || found.empty();
    });
    if (found.empty() && !change.damaged()) {
      return std::unexpected(fail(Code::lost, "remove from list", region_.name(), "it has no such item"));
    }
    if (found.size() <= 1 || few(words, chunks.length() - found.front())) {
      for (auto index = found.rbegin(); index != found.rend() && !change.failed(); ++index) {
        free_slot(change, chunks.erase(*index));
      }
    } else {
      Tail tail = chunks.tail(found.front());
      auto next = found.begin();
      for_each(change, chunks.shape(), found.front(), chunks.length(), [&](std::uint64_t index, std::uint64_t slot) {
        if (next != found.end() && *next == index) {
          free_slot(change, slot);
          ++next;
        } else {
          tail.add(slot);
        }
        return !change.failed();
      });
      chunks.replace(found.front(), tail);
    }
    count_bytes(change, 0, found.size() * item.size());
    return found.size();
  });
}

Result<std::uint64_t> List::clear() noexcept {
  return change([&](Transaction& change) -> Result<std::uint64_t> {
    Chunks chunks(change);
    const std::uint64_t cleared = chunks.length();
    for_each(change, chunks.shape(), 0, cleared, [&](std::uint64_t, std::uint64_t slot) {
      free_slot(change, slot);
      return !change.failed();
    });
    chunks.clear();
    count_bytes(change, 0, change.get_root(list::bytes));
    return cleared;
  });
}

}  // namespace shm::object
