#include "full/parts.hpp"
#include "full/logs.hpp"
#include "full/notifier.hpp"
#include "full/scope.hpp"

namespace shm::full {

namespace {
verbs::Managers managers(const cli::Call& call, verbs::RunRequest& request) {
  verbs::Managers all;
  if (auto notifier = notifier_of(call, request)) {
    all.push_back(std::move(notifier));
  }
  if (auto scope = scope_of(call)) {
    all.push_back(std::move(scope));
  }
  return all;
}
}  // namespace

const verbs::Full& parts() noexcept {
  static constexpr verbs::Full all = {.managers = managers, .logs = logs};
  return all;
}

}  // namespace shm::full
