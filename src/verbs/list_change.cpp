// list append (extend), insert, set and remove: items by their bytes, into a list and out of it.
#include <fmt/core.h>
#include "verbs/list.hpp"
#include "verbs/list_words.hpp"

namespace shm::verbs {

namespace {
using object::End;
using object::List;
using os::Access;
using os::Result;

/// Adds what `add(list, items, deadline)` adds, which says how long the list is then.
int add_items(cli::Call& call, std::size_t first,
              const std::function<Result<std::uint64_t>(List&, std::span<const List::Bytes>, std::int64_t)>& add) {
  cli::must(store::check_name(call.operands[0]));
  (void)deadline_of(call);  // what is wrong with the words is said before standard input is read
  const ItemInput input(call, first);
  const auto items = bytes_of(input);
  const std::int64_t deadline = deadline_of(call);  // patience begins when the items are there
  std::uint64_t length = 0;
  change_list(call, [&](List& list) -> Result<void> {
    const auto added = add(list, items, deadline);
    if (!added) {
      return std::unexpected(added.error());
    }
    length = *added;
    return {};
  });
  tell(call, list_json(call.operands[0]).add("len", length));
  return 0;
}

/// INDEX ITEM INDEX ITEM ...
std::vector<List::Replacement> pairs_of(const cli::Call& call) {
  if (call.operands.size() % 2 == 0) {
    refuse(call, "an ITEM is missing for the last INDEX");
  }
  std::vector<List::Replacement> pairs;
  for (std::size_t i = 1; i < call.operands.size(); i += 2) {
    const std::string& item = call.operands[i + 1];
    if (item == "-") {
      refuse(call, "'-' stands for standard input and must be the only ITEM");
    }
    pairs.push_back({index_of(call, call.operands[i]), std::as_bytes(std::span(item))});
  }
  return pairs;
}

/// INDEX ITEM: here the item may be standard input.
List::Replacement pair_of(const cli::Call& call, const ItemInput& input) {
  return {index_of(call, call.operands[1]), one_of(call, input)};
}

int set_slice(cli::Call& call) {
  const auto& name = call.operands[0];
  const auto slice = slice_of(call, call.operands[1]);
  const ItemInput input(call, 2);
  const auto& store = open_store(call, store::Missing::refuse);
  const auto length = cli::must(open_list(store, name, Access::write).set(slice, bytes_of(input)));
  tell(call, list_json(name).add("len", length));
  return 0;
}
}  // namespace

int list_append(cli::Call& call) {
  const End end = call.has("front") ? End::front : End::back;
  return add_items(call, 1,
                   [&](List& list, auto items, std::int64_t deadline) { return list.add(end, items, deadline); });
}

int list_insert(cli::Call& call) {
  const std::int64_t index = index_of(call, call.operands[1]);
  return add_items(call, 2,
                   [&](List& list, auto items, std::int64_t deadline) { return list.insert(index, items, deadline); });
}

int list_set(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  if (is_slice(call.operands[1])) {
    return set_slice(call);
  }
  std::optional<ItemInput> input;
  std::vector<List::Replacement> items;
  if (call.operands.size() == 3) {
    (void)index_of(call, call.operands[1]);  // before standard input is read
    input.emplace(call, 2);
    items.push_back(pair_of(call, *input));
  } else {
    items = pairs_of(call);
  }
  const auto& store = open_store(call, store::Missing::refuse);
  cli::must(open_list(store, name, Access::write).set(items));
  tell(call, list_json(name).add("set", items.size()));
  return 0;
}

int list_remove(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  const bool all = call.has("all");
  const ItemInput input(call, 1);
  const auto item = one_of(call, input);
  const auto& store = open_store(call, store::Missing::refuse);
  const std::uint64_t removed = cli::must(open_list(store, name, Access::write).remove(item, all));
  if (all) {
    call.output.result(fmt::format("{}", removed), list_json(name).add("removed", removed));
  } else {
    tell(call, list_json(name).add("removed", removed));
  }
  return 0;
}

}  // namespace shm::verbs
