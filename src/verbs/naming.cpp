// rename and copy.
#include "object/naming.hpp"
#include "os/accounts.hpp"
#include "verbs/common.hpp"
#include "verbs/objects.hpp"

namespace shm::verbs {

namespace {
object::Taken taken_of(const cli::Call& call) {
  return call.has("force") ? object::Taken::replace : object::Taken::refuse;
}
}  // namespace

int rename(cli::Call& call) {
  for (const auto& name : call.operands) {
    cli::must(store::check_name(name));
  }
  const auto& store = open_store(call, store::Missing::refuse);
  using_object(call.operands[0]);
  cli::must(object::rename(store, call.operands[0], call.operands[1], taken_of(call)));
  return 0;
}

int copy(cli::Call& call) {
  for (const auto& name : call.operands) {
    cli::must(store::check_name(name));
  }
  object::CopyAs as;
  as.permissions = permissions_of(call, call.operands[1]);
  as.keep_mode = !call.has("mode");
  as.keep_group = !call.has("group");
  auto store = cli::must(store::Store::open(call.store(), os::effective_uid(), store::Missing::refuse));
  store.allow_building();
  using_object(call.operands[0]);
  cli::must(object::copy(store, call.operands[0], call.operands[1], as, taken_of(call)));
  return 0;
}

}  // namespace shm::verbs
