#include "verbs/called_as.hpp"

namespace shm::verbs {

std::vector<std::string> called_as(std::string_view program) {
  program.remove_prefix(program.rfind('/') + 1);  // npos + 1 is 0
  if (program == "flock") {
    return {"flock"};
  }
  if (program == "run-one") {
    return {"run-one"};
  }
  if (program == "shmctl-generator") {
    return {"generator"};
  }
  if (program == "run-this-one") {
    return {"run-one", "--on-busy", "replace"};
  }
  if (program == "run-one-constantly" || program == "keep-one-running") {
    return {"run-one", "--repeat", "always"};
  }
  if (program == "run-one-until-success") {
    return {"run-one", "--repeat", "until-success"};
  }
  if (program == "run-one-until-failure") {
    return {"run-one", "--repeat", "until-failure"};
  }
  return {};
}

}  // namespace shm::verbs
