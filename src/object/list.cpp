#include "object/list.hpp"
#include "object/list_change.hpp"
#include "object/list_copier.hpp"

namespace shm::object {

namespace {
using namespace list;
using os::Code;
using os::fail;
using os::Result;
using segment::Reader;
using segment::Transaction;

enum ConfigWord : std::uint8_t { config_items, config_bytes };

bool fits(std::uint64_t now, std::uint64_t more, std::uint64_t most) noexcept {
  return most == 0 || (now <= most && more <= most - now);
}
}  // namespace

Result<void> List::create(const store::Store& store, std::string_view name, const ListLimits& limits,
                          const Permissions& permissions) noexcept {
  store::NewObject object;
  object.kind = static_cast<std::uint16_t>(Kind::list);
  object.config[config_items] = limits.max_items;
  object.config[config_bytes] = limits.max_bytes;
  permissions.apply_to(object);
  return create_named(store, name, [&] { return segment::Region::create(store, name, object); });
}

Result<List> List::open(const store::Store& store, std::string_view name, os::Access access) noexcept {
  auto region = open_region(store, name, Kind::list, access);
  if (!region) {
    return std::unexpected(region.error());
  }
  List opened;
  opened.limits_ = {region->header().config[config_items], region->header().config[config_bytes]};
  opened.region_ = std::move(*region);
  return opened;
}

Result<void> List::check_room(const Reader& reader, const char* attempt, std::uint64_t items, std::uint64_t fewer,
                              std::uint64_t size, std::uint64_t less) const noexcept {
  // A limit is in the way of what makes the list grow, not of what leaves it as it is.
  if ((items <= fewer || fits(reader.get_root(list::length) - fewer, items, limits_.max_items)) &&
      (size <= less || fits(reader.get_root(list::bytes) - less, size, limits_.max_bytes))) {
    return {};
  }
  return std::unexpected(fail(Code::limit, attempt, region_.name(), "it is as full as its limits allow",
                              "wait for room, or remove something from it"));
}

template <class Put>
Result<std::uint64_t> List::add_items(const char* attempt, std::span<const Bytes> items, std::int64_t deadline_ns,
                                      Put put) {
  if (items.empty()) {
    return len();
  }
  const std::uint64_t size = total_size(items);
  if (!fits(0, items.size(), limits_.max_items) || !fits(0, size, limits_.max_bytes)) {
    return std::unexpected(fail(Code::limit, attempt, region_.name(), "it is more than the list may ever hold",
                                "add less, or create the list with larger limits"));
  }
  return region_.wait_for(Code::limit, deadline_ns, [&] {
    return change([&](Transaction& change) -> Result<std::uint64_t> {
      if (const auto room = check_room(change, attempt, items.size(), 0, size, 0); !room) {
        return std::unexpected(room.error());
      }
      Chunks chunks(change);
      put(change, chunks);
      count_bytes(change, size, 0);
      return chunks.length();
    });
  });
}

Result<std::uint64_t> List::add(End end, std::span<const Bytes> items, std::int64_t deadline_ns) {
  return add_items("append to list", items, deadline_ns, [&](Transaction& change, Chunks& chunks) {
    for (std::size_t i = 0; i < items.size() && !change.failed(); ++i) {
      const auto& item = end == End::back ? items[i] : items[items.size() - 1 - i];
      chunks.push(end, make_slot(change, item));
    }
  });
}

Result<std::uint64_t> List::insert(std::int64_t index, std::span<const Bytes> items, std::int64_t deadline_ns) {
  return add_items("insert into list", items, deadline_ns, [&](Transaction& change, Chunks& chunks) {
    const auto length = static_cast<std::int64_t>(chunks.length());
    const std::int64_t place = index < 0 ? std::max<std::int64_t>(0, index + length) : std::min(index, length);
    splice(change, chunks, static_cast<std::uint64_t>(place), 0, make_slots(change, items));
  });
}

Result<ListItems> List::pop(End end, std::uint64_t count, std::int64_t deadline_ns) {
  if (count == 0) {
    return ListItems();
  }
  return region_.wait_for(Code::empty, deadline_ns, [&] {
    return change([&](Transaction& change) -> Result<ListItems> {
      ListItems items;
      ListCopier copier(change, items, count == 1 ? ~std::uint64_t{0} : region_.file_size());
      Chunks chunks(change);
      if (chunks.length() == 0) {
        return std::unexpected(fail(Code::empty, "pop from list", region_.name(), "it has no items"));
      }
      for (; count > items.size() && chunks.length() > 0 && !change.failed();) {
        const std::uint64_t slot = chunks.pop(end);
        if (!copier.add(slot) && !change.damaged()) {
          change.fail(no_memory_for_items(region_.name()));
        }
        free_slot(change, slot);
      }
      count_bytes(change, 0, items.bytes());
      return items;
    });
  });
}

Result<ListItems> List::pop(std::int64_t index, std::int64_t deadline_ns) {
  return region_.wait_for(Code::empty, deadline_ns, [&] {
    return change([&](Transaction& change) -> Result<ListItems> {
      ListItems items;
      Chunks chunks(change);
      const auto place = index_in(index, chunks.length());
      if (!place) {
        return std::unexpected(no_such_item("pop from list", region_.name()));
      }
      const std::uint64_t slot = chunks.erase(*place);
      if (!ListCopier(change, items).add(slot) && !change.damaged()) {
        change.fail(no_memory_for_items(region_.name()));
      }
      free_slot(change, slot);
      count_bytes(change, 0, items.bytes());
      return items;
    });
  });
}

}  // namespace shm::object
