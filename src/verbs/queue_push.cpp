// queue push: items into a queue that is made if it is not there.
#include <algorithm>
#include "verbs/item_input.hpp"
#include "verbs/queue.hpp"
#include "verbs/queue_words.hpp"

namespace shm::verbs {

namespace {
using object::NewItem;
using object::Queue;
using os::Code;
using os::Result;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

struct Push {
  std::vector<NewItem> items;
  bool may_create = true;
  std::int64_t deadline_ns = 0;
  std::vector<std::uint64_t> ids;
  std::uint64_t length = 0;
};

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
  if (call.has("front")) {
    // Each goes before the one before it; the first of them shall come out first.
    std::reverse(push.items.begin(), push.items.end());
  }
  push.may_create = !call.has("existing");
  return push;
}

Result<void> try_push(const store::Store& store, std::string_view name, Push& push, bool want_length) {
  auto queue = Queue::open(store, name, os::Access::write);
  if (!queue) {
    return std::unexpected(queue.error());
  }
  if (!push.items.empty()) {
    if (auto pushed = queue->push(push.items, push.deadline_ns, push.ids); !pushed) {
      return pushed;
    }
  }
  if (want_length) {
    // It was pushed, even if the queue is removed now.
    push.length = queue->len().value_or(push.ids.size());
  }
  return {};
}

void do_push(const store::Store& store, std::string_view name, Push& push, bool want_length) {
  using_object(name);
  // A name that comes and goes under other processes' hands is met again; each turn somebody else got something done.
  for (;;) {
    const auto pushed = try_push(store, name, push, want_length);
    if (pushed) {
      return;
    }
    if (pushed.error().code != Code::absent) {
      throw cli::Failure(pushed.error());
    }
    if (!push.may_create) {
      // It was removed just now, or is not there: the next look says which.
      cli::must(Queue::open(store, name, os::Access::write));
      continue;
    }
    const auto created = Queue::create(store, name, object::QueueLimits(), object::Permissions());
    if (!created && created.error().code != Code::exists) {
      throw cli::Failure(created.error());
    }
  }
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
  do_push(store, name, push, call.output.json());
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
