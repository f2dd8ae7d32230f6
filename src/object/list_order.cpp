// Lists put into another order: new chunks are made, and take the place of the old ones. Items keep their blocks.
#include <cstring>
#include "object/list_change.hpp"
#include "object/list_copier.hpp"

namespace shm::object {

namespace {
using namespace list;
using os::Result;
using segment::Transaction;

/// An item while it is sorted; its bytes are in a private copy, for the object may be changed by who means harm.
struct Entry {
  std::uint64_t slot;
  std::uint64_t place;  // equal items keep their order
  std::string_view bytes;
};

/// The decimal number that an item begins with, behind blanks: its parts as they are written.
struct Decimal {
  explicit Decimal(std::string_view text) noexcept {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
      negative = text[0] == '-';
      text.remove_prefix(1);
    }
    whole = digits(text);
    text.remove_prefix(whole.size());
    if (!text.empty() && text[0] == '.') {
      fraction = digits(text.substr(1));
    }
    whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
    fraction = fraction.substr(0, fraction.find_last_not_of('0') + 1);
    negative = negative && !(whole.empty() && fraction.empty());
  }
  static std::string_view digits(std::string_view text) noexcept {
    return text.substr(0, text.find_first_not_of("0123456789"));
  }
  /// -1, 0 or 1.
  [[nodiscard]] int compare(const Decimal& other) const noexcept {
    if (negative != other.negative) {
      return negative ? -1 : 1;
    }
    int larger = whole.size() != other.whole.size() ? (whole.size() < other.whole.size() ? -1 : 1)
                                                    : sign(whole.compare(other.whole));
    larger = larger != 0 ? larger : sign(fraction.compare(other.fraction));
    return negative ? -larger : larger;
  }
  static int sign(int number) noexcept { return (number > 0) - (number < 0); }

  bool negative = false;
  std::string_view whole, fraction;  // without zeros that mean nothing
};

/// Below 0, 0 or above, as usual.
int compare(const Entry& left, const Entry& right, List::Order order) noexcept {
  return order == List::Order::bytes ? left.bytes.compare(right.bytes)
                                     : Decimal(left.bytes).compare(Decimal(right.bytes));
}

/// All items of the list, with what they hold. False: no memory, or damaged.
bool read_all(const Transaction& change, const Shape& shape, std::uint64_t object_size, ListItems& items,
              std::vector<Entry>& entries) {
  ListCopier copier(change, items, object_size);
  bool enough = true;
  for_each(change, shape, 0, shape.length, [&](std::uint64_t index, std::uint64_t slot) {
    enough = copier.add(slot);
    entries.push_back({slot, index, {}});
    return enough;
  });
  for (std::size_t i = 0; enough && i < entries.size(); ++i) {
    entries[i].bytes = items[i];
  }
  return enough;
}
}  // namespace

Result<void> List::reverse() {
  return change([&](Transaction& change) -> Result<void> {
    Chunks chunks(change);
    if (chunks.length() < 2) {
      return {};
    }
    std::vector<std::uint64_t> slots;
    for_each(change, chunks.shape(), 0, chunks.length(), [&](std::uint64_t, std::uint64_t slot) {
      slots.push_back(slot);
      return true;
    });
    Tail tail = chunks.tail(0);
    for (auto slot = slots.rbegin(); slot != slots.rend() && !change.failed(); ++slot) {
      tail.add(*slot);
    }
    chunks.replace(0, tail);
    return {};
  });
}

Result<void> List::sort(Order order, bool reverse) {
  return change([&](Transaction& change) -> Result<void> {
    Chunks chunks(change);
    ListItems items;
    std::vector<Entry> entries;
    if (!read_all(change, chunks.shape(), region_.file_size(), items, entries)) {
      if (!change.damaged()) {
        change.fail(no_memory_for_items(region_.name()));
      }
      return {};
    }
    const auto before = [&](const Entry& left, const Entry& right) {
      const int order_of_two = reverse ? compare(right, left, order) : compare(left, right, order);
      return order_of_two != 0 ? order_of_two < 0 : left.place < right.place;
    };
    if (std::is_sorted(entries.begin(), entries.end(), before)) {
      return {};
    }
    std::sort(entries.begin(), entries.end(), before);
    Tail tail = chunks.tail(0);
    for (const auto& entry : entries) {
      if (change.failed()) {
        break;
      }
      tail.add(entry.slot);
    }
    chunks.replace(0, tail);
    return {};
  });
}

}  // namespace shm::object
