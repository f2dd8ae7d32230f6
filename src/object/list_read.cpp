// What a list tells to who may read it.
#include "object/list_change.hpp"
#include "object/list_copier.hpp"

namespace shm::object {

namespace {
using namespace list;
using os::Code;
using os::fail;
using os::Result;
using segment::Reader;

// What a part of get() asks for. False: no memory for it.
bool fill(const Reader& reader, const Shape& shape, ListPart& part, std::uint64_t object_size) {
  part.items = ListItems();
  part.there = true;
  if (part.one) {
    const auto place = index_in(part.index, shape.length);
    part.there = place.has_value();
    part.first = static_cast<std::int64_t>(place.value_or(0));
    return !place || ListCopier(reader, part.items).add(reader.get(slot_at(reader, shape, *place)));
  }
  const auto range = part.slice.of(shape.length);
  part.first = range.first;
  ListCopier copier(reader, part.items, object_size);
  bool enough = true;
  if (part.slice.step == 1) {
    const auto first = static_cast<std::uint64_t>(range.first);
    for_each(reader, shape, first, first + range.count,
             [&](std::uint64_t, std::uint64_t slot) { return enough = copier.add(slot); });
    return enough;
  }
  Walk walk(reader);
  for (std::uint64_t i = 0; i < range.count && enough && (i % 2 == 0 || walk.step()); ++i) {
    const auto index = static_cast<std::uint64_t>(range.first + static_cast<std::int64_t>(i) * part.slice.step);
    enough = copier.add(reader.get(slot_at(reader, shape, index)));
  }
  return enough;
}
}  // namespace

Result<std::uint64_t> List::len() const noexcept {
  return region_.read([](const Reader& reader) -> Result<std::uint64_t> { return reader.get_root(list::length); });
}

Result<ListStats> List::stats() const noexcept {
  return region_.read([](const Reader& reader) -> Result<ListStats> {
    return ListStats{reader.get_root(list::length), reader.get_root(list::bytes)};
  });
}

Result<void> List::get(std::span<ListPart> parts, bool all) const {
  return region_.read([&](const Reader& reader) -> Result<void> {
    const Shape shape(reader);
    bool whole = true;
    for (auto& part : parts) {
      if (!fill(reader, shape, part, part.one ? 0 : region_.file_size())) {
        return std::unexpected(no_memory_for_items(region_.name()));
      }
      whole = whole && part.there;
    }
    if (all && !whole) {
      return std::unexpected(no_such_item("get from list", region_.name()));
    }
    return {};
  });
}

Result<void> List::wait_for(std::span<ListPart> parts, std::int64_t deadline_ns) {
  return region_.wait_for(Code::empty, deadline_ns, [&] { return get(parts, true); });
}

Result<std::uint64_t> List::index(Bytes item, std::int64_t from) const noexcept {
  const Wanted wanted(item);
  return region_.read([&](const Reader& reader) -> Result<std::uint64_t> {
    const Shape shape(reader);
    const auto first = static_cast<std::uint64_t>(Slice{from, {}, 1}.of(shape.length).first);
    std::optional<std::uint64_t> found;
    for_each(reader, shape, first, shape.length, [&](std::uint64_t index, std::uint64_t slot) {
      if (wanted.is(reader, slot)) {
        found = index;
      }
      return !found;
    });
    if (!found) {
      return std::unexpected(fail(Code::lost, "find in list", region_.name(), "it has no such item"));
    }
    return *found;
  });
}

Result<std::uint64_t> List::count(Bytes item) const noexcept {
  const Wanted wanted(item);
  return region_.read([&](const Reader& reader) -> Result<std::uint64_t> {
    const Shape shape(reader);
    std::uint64_t found = 0;
    for_each(reader, shape, 0, shape.length, [&](std::uint64_t, std::uint64_t slot) {
      found += wanted.is(reader, slot) ? 1 : 0;
      return true;
    });
    return found;
  });
}

}  // namespace shm::object
