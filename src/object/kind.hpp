// The kinds of objects, and what each can say of itself. A new kind is one more row of the table in kind.cpp.
#pragma once
#include "object/element.hpp"
#include "object/scalar.hpp"
#include "object/text_description.hpp"
#include "segment/cell.hpp"
#include "segment/region.hpp"
#include "segment/segment.hpp"

namespace shm::object {

/// Numbers are part of the format (Header::kind): never reuse one.
enum class Kind : std::uint16_t {
  none = 0,
  counter = 1,
  value = 2,
  queue = 3,
  list = 4,
  dict = 5,
  array = 6,
  block = 7
};

/// "counter", ...; empty for a number that this version does not know.
std::string_view kind_name(Kind kind) noexcept;
Kind kind_of_name(std::string_view name) noexcept;

/// For an object whose kind this version does not know.
os::Error unknown_kind(std::string_view name) noexcept;

/// Whether an object is changed by transactions, so that it is a segment::Region.
bool in_region(const store::Header& header) noexcept;

/// Objects of one word live in their file's first page.
inline constexpr std::size_t scalar_file_size = 4096;

/// Opens `name`, an object of one word, and insists on its kind; Code::wrong_kind says what it is instead.
os::Result<segment::Segment> open_kind(const store::Store& store, std::string_view name, Kind kind,
                                       os::Access access) noexcept;

/// The same for an object that is changed by transactions. A kind that has objects of both sorts looks at the type.
os::Result<segment::Region> open_region(const store::Store& store, std::string_view name, Kind kind,
                                        os::Access access) noexcept;

/// Frees a name that only a text value has that is absent (see text_value.hpp). False: it is taken, or can't be freed
/// by this process.
bool free_absent_name(const store::Store& store, std::string_view name) noexcept;

/// Calls `create()`, which gives the name to a new object, again as long as only an absent value is in the way.
template <class Create>
os::Result<void> create_named(const store::Store& store, std::string_view name, Create create) noexcept {
  auto created = create();
  while (!created && created.error().code == os::Code::exists && free_absent_name(store, name)) {
    created = create();
  }
  return created;
}

struct Description {
  Kind kind = Kind::none;
  Type type = Type::none;
  Scalar state;  ///< what an object of one word holds now
  store::Header header{};
  os::FileInfo info;
  // Of a text or bytes.
  TextDescription text;
  // Of a queue.
  std::uint64_t ready = 0;  ///< items to be had now
  std::uint64_t other = 0;  ///< held, delayed or buried
  // Of a list.
  std::uint64_t items = 0;
  // Of a dict.
  std::uint64_t keys = 0;
  Element element = Element::none;  ///< of an array
  std::uint64_t length = 0;         ///< of an array, elements; of a block, bytes
};
/// What object `name` is and holds. Code::corrupt for a kind that this version does not know.
os::Result<Description> describe(const store::Store& store, std::string_view name) noexcept;

/// Removes the object, whatever its state. Who has it open, or waits for it, finds it absent; only where a stopped or
/// busy process keeps it locked for long, or it is damaged, its file alone is taken away. Code::absent, untrusted,
/// denied.
os::Result<void> remove(const store::Store& store, std::string_view name) noexcept;

}  // namespace shm::object
