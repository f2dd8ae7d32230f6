#include "verbs/store.hpp"
#include "guard/jobs.hpp"
#include "object/kind.hpp"
#include "verbs/common.hpp"
#include "work/inbox.hpp"

namespace shm::verbs {

namespace {
using os::Code;

/// And what was forwarded to it: last, for as long as the job is there it may be read.
os::Result<void> remove_job(const cli::Call& call, const store::Store& store, std::string_view name) {
  const auto removed = guard::remove_job(store, name);
  if (!removed && removed.error().code != Code::absent) {
    return removed;
  }
  const auto inbox = work::Inbox::remove(call.store(), name);
  return !inbox && inbox.error().code == Code::absent ? removed : inbox;
}
}  // namespace

int rm(cli::Call& call) {
  for (const auto& name : call.operands) {
    cli::must(store::check_name(name));
  }
  const auto* store = call.has("force") ? find_store(call) : &open_store(call, store::Missing::refuse);
  for (const auto& name : call.operands) {
    if (store == nullptr) {
      break;
    }
    using_object(name);
    os::Result<void> removed = std::unexpected(os::fail(Code::absent, "remove", name, ""));
    if (!call.has("job")) {
      removed = object::remove(*store, name);
    }
    if (!removed && removed.error().code == Code::absent) {
      removed = remove_job(call, *store, name);
    }
    if (removed || (removed.error().code == Code::absent && call.has("force"))) {
      continue;
    }
    call.report(removed.error().code == Code::absent
                    ? os::fail(Code::absent, "remove", name, "there is no object or job of that name")
                    : removed.error());
  }
  return call.status();
}

}  // namespace shm::verbs
