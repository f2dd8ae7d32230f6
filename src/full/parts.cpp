#include "full/parts.hpp"
#include "full/logs.hpp"
#include "full/notifier.hpp"
#include "full/scope.hpp"

namespace shm::full {

namespace {
verbs::Managers managers(const cli::Call& /*call*/, const verbs::RunRequest& /*request*/) { return {}; }
}  // namespace

const verbs::Full& parts() noexcept {
  static constexpr verbs::Full all = {.managers = managers};
  return all;
}

}  // namespace shm::full
