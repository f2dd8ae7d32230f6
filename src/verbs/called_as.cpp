#include "verbs/called_as.hpp"

namespace shm::verbs {

std::vector<std::string> called_as(std::string_view program) {
  program.remove_prefix(program.rfind('/') + 1);  // npos + 1 is 0
  if (program == "flock") {
    return {"flock"};
  }
  return {};
}

}  // namespace shm::verbs
