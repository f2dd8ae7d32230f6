// The verbs of a list as a whole: create, len, clear, reverse, sort.
#include "verbs/list.hpp"
#include <fmt/core.h>
#include "verbs/list_words.hpp"
#include "verbs/numbers.hpp"

namespace shm::verbs {

namespace {
using object::List;
using os::Access;

std::string limit_json(std::uint64_t limit) { return limit == 0 ? "null" : fmt::format("{}", limit); }
}  // namespace

int list_create(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  object::ListLimits limits;
  limits.max_items = number_of(call, "max-items", 1, 0);
  limits.max_bytes = size_of(call, "max-bytes");
  const auto permissions = permissions_of(call, name);
  const auto& store = open_store(call, store::Missing::create);
  using_object(name);
  cli::must(List::create(store, name, limits, permissions));
  tell(call, list_json(name)
                 .add_raw("max-items", limit_json(limits.max_items))
                 .add_raw("max-bytes", limit_json(limits.max_bytes)));
  return 0;
}

int list_len(cli::Call& call) {
  for (const auto& name : call.operands) {
    cli::must(store::check_name(name));
  }
  const auto& store = open_store(call, store::Missing::refuse);
  for (const auto& name : call.operands) {
    using_object(name);
    const auto list = List::open(store, name, Access::read);
    const auto length = list ? list->len() : os::Result<std::uint64_t>(std::unexpected(list.error()));
    if (length) {
      call.output.result(fmt::format("{}", *length), list_json(name).add("len", *length));
    } else {
      call.report(length.error());
    }
  }
  return call.status();
}

int list_clear(cli::Call& call) {
  const auto& name = call.operands[0];
  const auto& store = open_store(call, store::Missing::refuse);
  const std::uint64_t cleared = cli::must(open_list(store, name, Access::write).clear());
  call.output.result(fmt::format("{}", cleared), list_json(name).add("cleared", cleared));
  return 0;
}

int list_reverse(cli::Call& call) {
  const auto& name = call.operands[0];
  const auto& store = open_store(call, store::Missing::refuse);
  cli::must(open_list(store, name, Access::write).reverse());
  tell(call, list_json(name));
  return 0;
}

int list_sort(cli::Call& call) {
  const auto& name = call.operands[0];
  const auto order = call.has("numeric") ? List::Order::number : List::Order::bytes;
  const auto& store = open_store(call, store::Missing::refuse);
  cli::must(open_list(store, name, Access::write).sort(order, call.has("reverse")));
  tell(call, list_json(name));
  return 0;
}

}  // namespace shm::verbs
