#include "object/kind.hpp"
#include "object/counter.hpp"
#include "object/value.hpp"

namespace shm::object {

namespace {
using os::Code;
using os::fail;
using os::Result;

Result<Description> describe_counter(const segment::Segment& segment) noexcept {
  if (auto limits = limits_of(segment.header(), segment.name()); !limits) {
    return std::unexpected(limits.error());
  }
  return Description{Kind::counter, Type::int64, {Type::int64, segment.word(0).load()}, {}, {}};
}

Result<Description> describe_value(const segment::Segment& segment) noexcept {
  const auto type = type_of(segment.header(), segment.name());
  if (!type) {
    return std::unexpected(type.error());
  }
  return Description{Kind::value, *type, {*type, segment.word(0).load()}, {}, {}};
}

struct Row {
  Kind kind;
  std::string_view name;
  const char* is_it;  ///< what to say to somebody who took it for another kind
  Result<Description> (*describe)(const segment::Segment& segment) noexcept;
};
constexpr Row rows[] = {
    {Kind::counter, "counter", "it is a counter", describe_counter},
    {Kind::value, "value", "it is a value", describe_value},
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
Result<void> check_kind(const store::Header& header, std::string_view name, Kind wanted) noexcept {
  const auto found = static_cast<Kind>(header.kind);
  if (found == wanted) {
    return {};
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
  if (const auto right = check_kind(segment->header(), name, kind); !right) {
    return std::unexpected(right.error());
  }
  return segment;
}

Result<segment::Region> open_region(const store::Store& store, std::string_view name, Kind kind,
                                    os::Access access) noexcept {
  // A region's own checks would call an object of one word damaged.
  auto region = segment::Region::open(store, name, access);
  if (!region && region.error().code == Code::corrupt) {
    if (const auto other = open_kind(store, name, kind, os::Access::read);
        !other && other.error().code == Code::wrong_kind) {
      return std::unexpected(other.error());
    }
  }
  if (!region) {
    return region;
  }
  if (const auto right = check_kind(region->header(), name, kind); !right) {
    return std::unexpected(right.error());
  }
  return region;
}

Result<Description> describe(const store::Store& store, std::string_view name) noexcept {
  // Opened once: all that is said is of one and the same object, whatever happens to the name meanwhile.
  const auto segment = segment::Segment::open(store, name, os::Access::read, scalar_file_size);
  if (!segment) {
    return std::unexpected(segment.error());
  }
  const Row* row = row_of(static_cast<Kind>(segment->header().kind));
  if (row == nullptr) {
    return std::unexpected(unknown_kind(name));
  }
  auto description = row->describe(*segment);
  if (description) {
    description->header = segment->header();
    description->info = segment->info();
  }
  return description;
}

}  // namespace shm::object
