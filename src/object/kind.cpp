#include "object/kind.hpp"
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

struct Row {
  Kind kind;
  std::string_view name;
  const char* is_it;  ///< what to say to somebody who took it for another kind
  Result<Description> (*describe)(const store::Store& store, const segment::Segment& segment) noexcept;
};
constexpr Row rows[] = {
    {Kind::counter, "counter", "it is a counter", describe_counter},
    {Kind::value, "value", "it is a value", describe_value},
    {Kind::queue, "queue", "it is a queue", describe_queue},
    {Kind::array, "array", "it is an array", describe_array},
    {Kind::block, "block", "it is a block", describe_block},
    {Kind::list, "list", "it is a list", describe_list},
    {Kind::dict, "dict", "it is a dict", describe_dict},
};

const Row* row_of(Kind kind) noexcept {
  for (const auto& row : rows) {
    if (row.kind == kind) {
      return &row;
    }
  }
  return nullptr;
}

os::Error unknown_kind(std::string_view name) noexcept {
  return fail(Code::corrupt, "open", name, "it is of a kind that this version does not know",
              "use the shmctl that made it, or 'shmctl rm' it");
}
}  // namespace

std::string_view kind_name(Kind kind) noexcept {
  const Row* row = row_of(kind);
  return row != nullptr ? row->name : std::string_view();
}

Kind kind_of_name(std::string_view name) noexcept {
  for (const auto& row : rows) {
    if (row.name == name) {
      return row.kind;
    }
  }
  return Kind::none;
}

namespace {
// An absent text is in nobody's way; creating another object frees its name.
bool is_absent_text(const store::Store& store, const store::Header& header, std::string_view name) noexcept {
  if (static_cast<Kind>(header.kind) != Kind::value || !is_text(static_cast<Type>(header.type))) {
    return false;
  }
  const auto value = TextValue::open(store, name, os::Access::read);
  const auto text = value ? value->describe() : std::unexpected(value.error());
  return text ? text->state != TextState::present : text.error().code == Code::absent;
}

Result<void> check_kind(const store::Store& store, const store::Header& header, std::string_view name,
                        Kind wanted) noexcept {
  const auto found = static_cast<Kind>(header.kind);
  if (found == wanted) {
    return {};
  }
  if (is_absent_text(store, header, name)) {
    return std::unexpected(fail(Code::absent, "open", name, "there is no such object"));
  }
  const Row* row = row_of(found);
  return std::unexpected(
      row == nullptr ? unknown_kind(name)
                     : fail(Code::wrong_kind, "open", name, row->is_it, "take another name, or 'shmctl rm' it"));
}
}  // namespace

Result<segment::Segment> open_kind(const store::Store& store, std::string_view name, Kind kind,
                                   os::Access access) noexcept {
  auto segment = segment::Segment::open(store, name, access, scalar_file_size);
  if (!segment) {
    if (segment.error().code == Code::absent) {
      return std::unexpected(fail(Code::absent, "open", name, "there is no such object"));
    }
    return segment;
  }
  if (const auto right = check_kind(store, segment->header(), name, kind); !right) {
    return std::unexpected(right.error());
  }
  return segment;
}

Result<segment::Region> open_region(const store::Store& store, std::string_view name, Kind kind,
                                    os::Access access) noexcept {
  // A region's own checks would call an object of one word damaged.
  auto region = segment::Region::open(store, name, access);
  // Twice: between two looks the name may have gone to an object that is none of these.
  for (int looks = 0; looks < 2 && !region && region.error().code == Code::corrupt; ++looks) {
    if (const auto other = open_kind(store, name, kind, os::Access::read);
        !other && other.error().code != Code::corrupt) {
      return std::unexpected(other.error());
    }
    region = segment::Region::open(store, name, access);
  }
  if (!region) {
    return region;
  }
  if (const auto right = check_kind(store, region->header(), name, kind); !right) {
    return std::unexpected(right.error());
  }
  return region;
}

namespace {
Result<Description> try_describe(const store::Store& store, std::string_view name) noexcept {
  // All that is said is of one and the same object, whatever happens to the name meanwhile.
  const auto segment = segment::Segment::open(store, name, os::Access::read, scalar_file_size);
  if (!segment) {
    return std::unexpected(segment.error());
  }
  const Row* row = row_of(static_cast<Kind>(segment->header().kind));
  if (row == nullptr) {
    return std::unexpected(unknown_kind(name));
  }
  auto description = row->describe(store, *segment);
  if (description) {
    description->kind = row->kind;
    description->header = segment->header();
    description->info = segment->info();
  }
  return description;
}

}  // namespace

bool in_region(const store::Header& header) noexcept {
  const auto kind = static_cast<Kind>(header.kind);
  return kind == Kind::queue || kind == Kind::list || kind == Kind::dict || kind == Kind::array ||
         (kind == Kind::value && is_text(static_cast<Type>(header.type)));
}

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
