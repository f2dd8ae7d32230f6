#include "object/kind.hpp"
#include "object/text_value.hpp"

namespace shm::object {

namespace {
using os::Code;
using os::fail;
using os::Result;

struct Row {
  Kind kind;
  std::string_view name;
  const char* is_it;  ///< what to say to somebody who took it for another kind
};
constexpr Row rows[] = {
    {Kind::counter, "counter", "it is a counter"}, {Kind::value, "value", "it is a value"},
    {Kind::queue, "queue", "it is a queue"},       {Kind::array, "array", "it is an array"},
    {Kind::block, "block", "it is a block"},       {Kind::list, "list", "it is a list"},
    {Kind::dict, "dict", "it is a dict"},
};

const Row* row_of(Kind kind) noexcept {
  for (const auto& row : rows) {
    if (row.kind == kind) {
      return &row;
    }
  }
  return nullptr;
}
}  // namespace

os::Error unknown_kind(std::string_view name) noexcept {
  return fail(Code::corrupt, "open", name, "it is of a kind that this version does not know",
              "use the shmctl that made it, or 'shmctl rm' it");
}

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

namespace {
// Apart, for what it has on the stack is hardly ever needed. Twice: between two looks the name may have gone to an
// object that is none of these.
[[gnu::noinline]] void look_again(const store::Store& store, std::string_view name, Kind kind, os::Access access,
                                  Result<segment::Region>& region) noexcept {
  for (int looks = 0; looks < 2 && !region && region.error().code == Code::corrupt; ++looks) {
    if (const auto other = open_kind(store, name, kind, os::Access::read);
        !other && other.error().code != Code::corrupt) {
      region = std::unexpected(other.error());
      return;
    }
    region = segment::Region::open(store, name, access);
  }
}
}  // namespace

Result<segment::Region> open_region(const store::Store& store, std::string_view name, Kind kind,
                                    os::Access access) noexcept {
  auto region = segment::Region::open(store, name, access);
  if (!region) {  // its own checks would call an object of one word damaged
    look_again(store, name, kind, access, region);
  }
  if (region) {
    if (const auto right = check_kind(store, region->header(), name, kind); !right) {
      region = std::unexpected(right.error());
    }
  }
  return region;
}

bool in_region(const store::Header& header) noexcept {
  const auto kind = static_cast<Kind>(header.kind);
  return kind == Kind::queue || kind == Kind::list || kind == Kind::dict || kind == Kind::array ||
         (kind == Kind::value && is_text(static_cast<Type>(header.type)));
}

}  // namespace shm::object
