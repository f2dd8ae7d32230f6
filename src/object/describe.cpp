// What an object of any kind is, and its removal: kind.hpp's describe() and remove().
#include <fcntl.h>
#include "object/array.hpp"
#include "object/counter.hpp"
#include "object/dict.hpp"
#include "object/list.hpp"
#include "object/queue.hpp"
#include "object/text_value.hpp"
#include "object/value.hpp"
#include "segment/change_of.hpp"
#include "segment/free_name.hpp"
#include "segment/mapped_bytes.hpp"
#include "store/change_file.hpp"

namespace shm::object {

namespace {
using os::Code;
using os::fail;
using os::Result;

Result<Description> describe_number(Type type, const segment::Segment& segment) noexcept {
  const auto number = segment::Cell::load(segment);
  if (!number) {
    return std::unexpected(number.error());
  }
  Description found;
  found.type = type;
  found.state = {type, *number};
  return found;
}

Result<Description> describe_counter(const store::Store&, const segment::Segment& segment) noexcept {
  if (auto limits = limits_of(segment.header(), segment.name()); !limits) {
    return std::unexpected(limits.error());
  }
  return describe_number(Type::int64, segment);
}

// Opened again as what it is: it must be the same object still.
os::Error replaced(std::string_view name) noexcept {
  return fail(Code::busy, "open", name, "it is being removed and made again", "try again");
}

Result<Description> describe_value(const store::Store& store, const segment::Segment& segment) noexcept {
  Description found;
  found.type = static_cast<Type>(segment.header().type);
  if (!is_text(found.type)) {
    const auto type = type_of(segment.header(), segment.name());
    if (!type) {
      return std::unexpected(type.error());
    }
    return describe_number(*type, segment);
  }
  const auto value = TextValue::open(store, segment.name(), os::Access::read);
  if (!value || value->region().header().id != segment.header().id) {
    return std::unexpected(value || value.error().code == Code::wrong_kind ? replaced(segment.name()) : value.error());
  }
  const auto text = value->describe();
  if (!text) {
    return std::unexpected(text.error());
  }
  found.text = *text;
  return found;
}

Result<Description> describe_queue(const store::Store& store, const segment::Segment& segment) noexcept {
  const auto queue = Queue::open(store, segment.name(), os::Access::read);
  if (!queue) {
    return std::unexpected(queue.error().code == Code::wrong_kind ? replaced(segment.name()) : queue.error());
  }
  const auto stats = queue->stats();
  if (!stats) {
    return std::unexpected(stats.error());
  }
  Description found;
  found.ready = stats->ready;
  found.other = stats->held + stats->delayed + stats->buried;
  return found;
}

Result<Description> describe_list(const store::Store& store, const segment::Segment& segment) noexcept {
  const auto list = List::open(store, segment.name(), os::Access::read);
  if (!list) {
    return std::unexpected(list.error().code == Code::wrong_kind ? replaced(segment.name()) : list.error());
  }
  const auto length = list->len();
  if (!length) {
    return std::unexpected(length.error());
  }
  Description found;
  found.items = *length;
  return found;
}

Result<Description> describe_array(const store::Store& store, const segment::Segment& segment) noexcept {
  const auto array = Array::open(store, segment.name(), os::Access::read);
  if (!array) {
    return std::unexpected(array.error().code == Code::wrong_kind ? replaced(segment.name()) : array.error());
  }
  Description found;
  found.element = array->type();
  found.length = array->length();
  return found;
}

Result<Description> describe_dict(const store::Store& store, const segment::Segment& segment) noexcept {
  const auto dict = Dict::open(store, segment.name(), os::Access::read);
  if (!dict) {
    return std::unexpected(dict.error().code == Code::wrong_kind ? replaced(segment.name()) : dict.error());
  }
  const auto length = dict->len();
  if (!length) {
    return std::unexpected(length.error());
  }
  Description found;
  found.keys = *length;
  return found;
}

Result<Description> describe_block(const store::Store&, const segment::Segment& segment) noexcept {
  if (segment.header().payload_offset != segment::MappedBytes::payload_offset) {
    return std::unexpected(fail(Code::corrupt, "open", segment.name(), "the object's header is damaged",
                                "look at it, then 'shmctl rm' it"));
  }
  Description found;
  found.length = segment.header().payload_size;
  return found;
}

using Describe = Result<Description> (*)(const store::Store& store, const segment::Segment& segment) noexcept;

Describe describer_of(Kind kind) noexcept {
  switch (kind) {
    case Kind::counter: return describe_counter;
    case Kind::value: return describe_value;
    case Kind::queue: return describe_queue;
    case Kind::array: return describe_array;
    case Kind::block: return describe_block;
    case Kind::list: return describe_list;
    case Kind::dict: return describe_dict;
    case Kind::none: break;
  }
  return nullptr;
}

Result<Description> try_describe(const store::Store& store, std::string_view name) noexcept {
  // All that is said is of one and the same object, whatever happens to the name meanwhile.
  const auto segment = segment::Segment::open(store, name, os::Access::read, scalar_file_size);
  if (!segment) {
    return std::unexpected(segment.error());
  }
  const auto kind = static_cast<Kind>(segment->header().kind);
  const auto describe = describer_of(kind);
  if (describe == nullptr) {
    return std::unexpected(unknown_kind(name));
  }
  auto description = describe(store, *segment);
  if (description) {
    description->kind = kind;
    description->header = segment->header();
    description->info = segment->info();
  }
  return description;
}

}  // namespace

Result<Description> describe(const store::Store& store, std::string_view name) noexcept {
  constexpr int tries = 10;
  auto description = try_describe(store, name);
  for (int i = 1; i < tries && !description && description.error().code == Code::busy; ++i) {
    description = try_describe(store, name);
  }
  return description;
}

namespace {
constexpr std::int64_t remove_patience_ns = 1'000'000'000;

// Its content says that it is not there. Who removes it, or makes it, is about to take its name or to be done; a
// damaged one says so for ever, and what makes it come to an end can't be had.
Result<void> remove_absent(const store::Store& store, std::string_view name, const os::Error& absent) noexcept {
  const auto freed = segment::free_name(store, name, remove_patience_ns);
  if (freed || freed.error().code != Code::timed_out) {
    return std::unexpected(absent);
  }
  const auto change = segment::change_of(store, name);
  const auto decision = store::decision_of(store, change ? *change : 0);
  const bool made_now = decision && *decision == store::Decision::none;
  return made_now ? std::unexpected(absent) : store::remove_object(store, name);
}
}  // namespace

Result<void> remove(const store::Store& store, std::string_view name) noexcept {
  const auto file = store::open_object(store, name, O_RDONLY);
  const auto header = file ? store::header_of(*file, name) : std::unexpected(file.error());
  if (header && !in_region(*header) && segment::Cell::is_cell(*header) && os::may_change_names(store.dir())) {
    auto segment = segment::Segment::open(store, name, os::Access::write, scalar_file_size);
    if (segment && segment->header().id == header->id) {
      auto cell = segment::Cell::of(std::move(*segment));
      const auto marked = cell ? cell->mark_removed() : std::unexpected(cell.error());
      if (marked) {
        return segment::take_name(store, name, cell->info());
      }
      if (marked.error().code == Code::absent) {
        (void)segment::free_name(store, name, 0);  // what a remover left that was killed
        return marked;
      }
    }
  }
  if (header && in_region(*header)) {
    auto region = segment::Region::open(store, name, os::Access::write);
    if (region && region->header().id == header->id) {
      region->set_patience(remove_patience_ns);
      auto change = region->begin();
      if (change) {
        const auto named = os::info_at(store.dir(), name);
        if (!named || !named->same_file(region->info())) {  // renamed since it was opened
          return std::unexpected(fail(Code::absent, "remove", name, "there is no such object"));
        }
        auto removed = change->remove();
        if (removed || removed.error().code != Code::corrupt) {
          return removed;
        }
      }
      if (!change && change.error().code == Code::absent) {
        return std::unexpected(change.error());
      }
    } else if (!region && region.error().code == Code::absent) {
      return remove_absent(store, name, region.error());
    }
  }
  return store::remove_object(store, name);
}

}  // namespace shm::object
