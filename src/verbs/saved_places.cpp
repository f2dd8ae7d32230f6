#include "verbs/saved_places.hpp"
#include <algorithm>
#include "os/accounts.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

void check_words(const cli::Call& call, std::size_t most_operands) {
  const bool persisted = call.has("persisted");
  if (call.has("all-stores")) {
    if (!persisted) {
      refuse(call, "--all-stores goes with --persisted");
    }
    if (call.has("store") || !call.operands.empty()) {
      refuse(call, "--all-stores is about all your stores, each with its own file (say neither --store nor a FILE)");
    }
  }
  if (persisted ? call.operands.size() > 1 : call.operands.empty()) {
    refuse(call, persisted ? "--persisted says what is saved: there is no GLOB beside it"
                           : "a FILE is missing (or say --persisted)");
  }
  if (call.operands.size() > most_operands) {
    refuse(call, "too many words");
  }
}

SavedStore saved_store(const cli::Call& call, std::string_view said, std::string_view file) {
  SavedStore stored;
  stored.said = said;
  stored.place = cli::must(store::place_said(said, os::effective_uid()));
  stored.by_marks = call.has("persisted");
  stored.file = file;
  if (file.empty()) {
    auto path = store::saved_path(stored.place, os::effective_uid());
    if (path || path.error().code != os::Code::absent) {  // who has no home may have nothing to save either
      stored.file = cli::must(std::move(path)).view();
    }
  }
  return stored;
}

void for_each_store(cli::Call& call, std::string_view file, EachStore each,
                    const std::function<void(const SavedStore& stored)>& act) {
  if (const auto option = call.argument("store"); option && option->empty()) {
    refuse(call, "--store is empty (say a directory, a name, or @GROUP)");
  }
  if (!call.has("all-stores")) {
    act(saved_store(call, call.store(), file));
    return;
  }
  std::vector<std::string> all;
  cli::must(each(
      os::effective_uid(),
      [](void* context, std::string_view said) { static_cast<std::vector<std::string>*>(context)->emplace_back(said); },
      &all));
  std::sort(all.begin(), all.end());
  for (const auto& said : all) {
    try {
      act(saved_store(call, said, ""));
    } catch (const cli::Failure& failure) {
      call.report(failure.error());
    }
  }
}

store::SavePlace open_place(const SavedStore& stored, const store::Store* store) {
  if (stored.file.empty()) {
    (void)cli::must(store::saved_path(stored.place, os::effective_uid()));
  }
  std::optional<std::uint32_t> group;
  if (stored.place.kind == store::PlaceKind::group) {
    group = stored.place.gid;
  } else if (store != nullptr && store->shared()) {
    group = store->group();
  }
  return cli::must(store::SavePlace::open(stored.file, group, os::effective_uid()));
}

}  // namespace shm::verbs
