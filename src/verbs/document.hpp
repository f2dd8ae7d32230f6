// The lines of dump and load: for each kind of object, how it is written down and made again. A line is one object of
// JSON, exact for all bytes and numbers:
//   {"shmctl":1,"name":...,"kind":...,"mode":"0600","group":...,  what the kind was created with,  what it holds}
// Only dump.cpp, load.cpp, save*.cpp, restore*.cpp and document_*.cpp include this. Single-threaded.
#pragma once
#include <functional>
#include "object/kind.hpp"
#include "object/permissions.hpp"
#include "verbs/common.hpp"
#include "verbs/fields.hpp"

namespace shm::verbs {

/// Of the format. Only what an older load would misunderstand raises it.
inline constexpr std::uint64_t document_version = 1;

/// Makes the object that a line describes, under a name of whoever calls it.
using Build = std::function<os::Result<void>(const store::Store& store, std::string_view name,
                                             const object::Permissions& permissions)>;

struct DocumentKind {
  object::Kind kind;
  /// Adds what is the kind's own, all of one moment. The object is opened by name, and must be the one of that id:
  /// Code::busy otherwise.
  os::Result<void> (*write)(const store::Store& store, std::string_view name, const object::Description& found,
                            cli::Json& line);
  /// Reads all that is the kind's own. Throws BadLine for what makes no sense.
  Build (*read)(Fields& fields);
};
/// Null: objects of that kind can't be written down.
const DocumentKind* document_kind(object::Kind kind) noexcept;
/// The line of object `name`, all of one moment. Code::absent: it is gone, or of another kind than `wanted`, if one is.
os::Result<std::string> document_line(const store::Store& store, std::string_view name, object::Kind wanted);

// document_counter.cpp, ...: the rows of the table.
extern const DocumentKind counter_document, value_document, queue_document, list_document, array_document,
    dict_document, block_document;

// What several of them need.
/// A number, or null for 0, which is none.
void add_limit(cli::Json& line, std::string_view key, std::uint64_t limit);
std::uint64_t limit_in(Fields& fields, std::string_view key);
/// One of the items of a list of any bytes, as JSON.
std::string item_json_of(std::string_view bytes);
/// A float's digits that never look like a whole number's: -0.0 would lose its sign.
std::string real_digits(std::string_view digits);
os::Error no_number(std::string_view name) noexcept;
/// The object that was opened is another one than the one found before.
os::Error changed_hands(std::string_view name) noexcept;
inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace shm::verbs
