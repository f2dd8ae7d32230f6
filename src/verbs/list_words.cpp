#include "verbs/list_words.hpp"
#include <fmt/core.h>

namespace shm::verbs {

namespace {
using object::List;
using os::Code;
}  // namespace

std::vector<List::Bytes> bytes_of(const ItemInput& input) {
  std::vector<List::Bytes> items;
  items.reserve(input.items().size());
  for (const auto item : input.items()) {
    items.push_back(std::as_bytes(std::span(item)));
  }
  return items;
}

List::Bytes one_of(const cli::Call& call, const ItemInput& input) {
  if (input.items().size() != 1) {
    refuse(call, "standard input must be one item (--whole takes all of it for one)");
  }
  return std::as_bytes(std::span(input.items()[0]));
}

List open_list(const store::Store& store, std::string_view name, os::Access access) {
  using_object(name);
  return cli::must(List::open(store, name, access));
}

void change_list(const cli::Call& call, const std::function<os::Result<void>(List& list)>& act) {
  const auto& name = call.operands[0];
  const bool may_create = !call.has("existing");
  const auto& store = open_store(call, may_create ? store::Missing::create : store::Missing::refuse);
  using_object(name);
  // A name that comes and goes under other processes' hands is met again; each turn somebody else got something done.
  for (;;) {
    auto list = List::open(store, name, os::Access::write);
    const auto done = list ? act(*list) : std::unexpected(list.error());
    if (done) {
      return;
    }
    if (done.error().code != Code::absent || (!list && !may_create)) {
      throw cli::Failure(done.error());
    }
    if (may_create) {
      const auto created = List::create(store, name, object::ListLimits(), object::Permissions());
      if (!created && created.error().code != Code::exists) {
        throw cli::Failure(created.error());
      }
    }
  }
}

cli::Json list_json(std::string_view name) { return cli::Json().add("name", name).add("kind", "list"); }

void tell(cli::Call& call, const cli::Json& line) {
  if (call.output.json()) {
    call.output.result({}, line);
  }
}

}  // namespace shm::verbs
