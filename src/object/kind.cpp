#include "object/kind.hpp"
#include <fcntl.h>
#include "object/counter.hpp"
#include "object/value.hpp"

namespace shm::object {

namespace {
using os::Code;
using os::fail;
using os::Result;

Result<Description> describe_counter(const store::Store& store, std::string_view name) noexcept {
  const auto counter = Counter::open(store, name, os::Access::read);
  if (!counter) {
    return std::unexpected(counter.error());
  }
  return Description{Kind::counter, Type::int64, Scalar::of(counter->get()), {}, {}};
}

Result<Description> describe_value(const store::Store& store, std::string_view name) noexcept {
  const auto value = Value::open(store, name, os::Access::read);
  if (!value) {
    return std::unexpected(value.error());
  }
  return Description{Kind::value, value->type(), value->get(), {}, {}};
}

struct Row {
  Kind kind;
  std::string_view name;
  const char* is_it;  ///< what to say to somebody who took it for another kind
  Result<Description> (*describe)(const store::Store& store, std::string_view name) noexcept;
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

Result<segment::Segment> open_kind(const store::Store& store, std::string_view name, Kind kind,
                                   os::Access access) noexcept {
  auto segment = segment::Segment::open(store, name, access, scalar_file_size);
  if (!segment) {
    if (segment.error().code == Code::absent) {
      return std::unexpected(fail(Code::absent, "open", name, "there is no such object"));
    }
    return segment;
  }
  const auto found = static_cast<Kind>(segment->header().kind);
  if (found == kind) {
    return segment;
  }
  const Row* row = row_of(found);
  if (row == nullptr) {
    return std::unexpected(unknown_kind(name));
  }
  return std::unexpected(fail(Code::wrong_kind, "open", name, row->is_it, "take another name, or 'shmctl rm' it"));
}

Result<Description> describe(const store::Store& store, std::string_view name) noexcept {
  const auto object = store::open_object(store, name, O_RDONLY);
  if (!object) {
    return std::unexpected(object.error());
  }
  const auto header = store::header_of(*object, name);
  if (!header) {
    return std::unexpected(header.error());
  }
  const Row* row = row_of(static_cast<Kind>(header->kind));
  if (row == nullptr) {
    return std::unexpected(unknown_kind(name));
  }
  auto description = row->describe(store, name);
  if (description) {
    description->header = *header;
    description->info = object->info;
  }
  return description;
}

}  // namespace shm::object
