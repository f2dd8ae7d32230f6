#include "verbs/common.hpp"
#include <fmt/core.h>
#include <algorithm>
#include <charconv>
#include <list>
#include "cli/duration.hpp"
#include "os/accounts.hpp"
#include "os/bus_error.hpp"
#include "os/clock.hpp"

namespace shm::verbs {

namespace {
struct OpenStore {
  std::string said;
  store::Store store;
};
}  // namespace

const store::Store& open_store(const cli::Call& call, store::Missing missing) {
  static auto& all = *new std::list<OpenStore>;  // never destroyed: the kernel closes them cheaper
  if (const auto option = call.argument("store"); option && option->empty()) {
    refuse(call, "--store is empty (say a directory, a name, or @GROUP)");
  }
  const std::string_view said = call.store();
  const auto found = std::find_if(all.begin(), all.end(), [&](const OpenStore& each) { return each.said == said; });
  if (found != all.end()) {
    return found->store;
  }
  all.push_back({std::string(said), cli::must(store::Store::open(said, os::effective_uid(), missing))});
  using_object(all.back().store.path());
  return all.back().store;
}

const store::Store* find_store(const cli::Call& call) {
  try {
    return &open_store(call, store::Missing::refuse);
  } catch (const cli::Failure& failure) {
    if (failure.error().code == os::Code::absent) {
      return nullptr;
    }
    throw;
  }
}

void using_object(std::string_view name) { os::end_on_bus_error(os::FileName(name).c_str(), cli::exit_corrupt); }

std::int64_t deadline_of(const cli::Call& call) {
  const auto said = call.argument("wait");
  const std::int64_t patience = said ? cli::parse_patience(*said, "wait") : 0;
  if (patience <= 0) {
    return patience;
  }
  const std::int64_t now = os::monotonic_ns();
  return patience > INT64_MAX - now ? INT64_MAX : now + patience;
}

object::Permissions permissions_of(const cli::Call& call, std::string_view name) {
  object::Permissions permissions;
  if (const auto mode = call.argument("mode")) {
    const auto [end, error] = std::from_chars(mode->data(), mode->data() + mode->size(), permissions.mode, 8);
    if (error != std::errc() || end != mode->data() + mode->size()) {
      refuse(call, fmt::format("--mode '{}': not an octal mode (say 600, 640, 644, 660 or 664)", *mode));
    }
    cli::must(store::check_mode(permissions.mode, name));
  }
  if (const auto group = call.argument("group")) {
    permissions.group = cli::must(os::group_id(*group));
    permissions.set_group = true;
  }
  return permissions;
}

void refuse(const cli::Call& call, std::string_view why) {
  const auto& verb = *call.verb;
  throw cli::Usage(verb.group.empty() ? fmt::format("{}: {}", verb.name, why)
                                      : fmt::format("{} {}: {}", verb.group, verb.name, why));
}

}  // namespace shm::verbs
