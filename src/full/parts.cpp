#include "full/parts.hpp"
#include "full/logs.hpp"

namespace shm::full {

namespace {
verbs::Managers managers(const cli::Call& /*call*/, const verbs::RunRequest& /*request*/) { return {}; }
}  // namespace

const verbs::Full& parts() noexcept {
  static constexpr verbs::Full all = {.managers = managers, .logs = logs};
  return all;
}

}  // namespace shm::full
