// queue push: items into a queue that is made if it is not there.
#include <algorithm>
#include "hot/queue.hpp"
#include "verbs/item_input.hpp"
#include "verbs/queue.hpp"
#include "verbs/queue_words.hpp"

namespace shm::verbs {

namespace {
using hot::Push;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

Push read_push(const cli::Call& call, const ItemInput& input) {
  Push push;
  const auto key = call.argument("unique");
  if (key && key->empty()) {
    refuse(call, "--unique is empty (say a word that items of the same meaning share)");
  }
  if (key && input.items().size() != 1) {
    refuse(call, "--unique is for one ITEM");
  }
  const std::int64_t priority = priority_of(call);
  for (const auto item : input.items()) {
    push.items.push_back({bytes_of(item), bytes_of(key.value_or("")), priority,
                          call.has("front") ? object::End::front : object::End::back});
  }
  hot::order_items(push);
  push.may_create = !call.has("existing");
  return push;
}

}  // namespace

int queue_push(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  (void)deadline_of(call);  // what is wrong with the words is said before standard input is read
  const ItemInput input(call);
  Push push = read_push(call, input);
  const auto& store = open_store(call, push.may_create ? store::Missing::create : store::Missing::refuse);
  push.deadline_ns = deadline_of(call);  // patience begins when the items are there
  push.want_length = call.output.json();
  using_object(name);
  cli::must(hot::do_push(store, name, push));
  if (call.output.json()) {
    if (call.has("front")) {
      std::reverse(push.ids.begin(), push.ids.end());
    }
    const std::vector<std::int64_t> ids(push.ids.begin(), push.ids.end());
    call.output.result({}, queue_json(name).add("ids", ids).add("len", push.length));
  }
  return 0;
}

}  // namespace shm::verbs
