// The lines that load is given, understood but not yet done. Only load.cpp, saved_lines.* and restore.cpp and tests
// include this.
#pragma once
#include "object/naming.hpp"
#include "verbs/document.hpp"

namespace shm::verbs {

struct LoadLine {
  std::string name;
  std::uint32_t mode = 0;  ///< 0: not said
  std::string group;       ///< empty: not said
  Build build;
};

/// Throws BadLine.
LoadLine read_load_line(std::string_view text, std::string_view prefix);
/// The same of what parse_json() made of it.
LoadLine read_load_object(const cli::JsonValue& json, std::string_view prefix);
/// Throws cli::Usage that names the first line that makes no sense.
std::vector<LoadLine> read_load_lines(std::string_view text, std::string_view prefix);

/// Makes the object: whole, or not at all. `store` must be building().
os::Result<void> make_loaded(const store::Store& store, const LoadLine& line, object::Taken taken);
/// Whether there is an object of that name, or something that keeps one from being made.
bool name_is_taken(const store::Store& store, std::string_view name) noexcept;

}  // namespace shm::verbs
