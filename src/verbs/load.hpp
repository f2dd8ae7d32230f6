// The lines that load is given, understood but not yet done. Only load.cpp and tests include this. Pure.
#pragma once
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
/// Throws cli::Usage that names the first line that makes no sense.
std::vector<LoadLine> read_load_lines(std::string_view text, std::string_view prefix);

}  // namespace shm::verbs
