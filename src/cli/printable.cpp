#include "cli/printable.hpp"

namespace shm::cli {

std::string printable(std::string_view text) {
  std::string line;
  for_each_printable(text, [&](char c) { line += c; });
  return line;
}

}  // namespace shm::cli
