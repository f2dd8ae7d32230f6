#include "full/parts.hpp"
#include "full/logs.hpp"
#include "full/notifier.hpp"
#include "full/scope.hpp"

namespace shm::full {

namespace {
verbs::Managers managers(const cli::Call& call, verbs::RunRequest& request) {
  verbs::Managers all;
  // Before anybody is told that the command starts: in a scope it may not.
  if (auto scope = scope_of(call, request)) {
    all.push_back(std::move(scope));
  }
  if (auto notifier = notifier_of(call, request)) {
    all.push_back(std::move(notifier));
  }
  return all;
}
}  // namespace

const verbs::Full& parts() noexcept {
  static constexpr verbs::Full all = {.managers = managers, .logs = logs};
  return all;
}

}  // namespace shm::full
