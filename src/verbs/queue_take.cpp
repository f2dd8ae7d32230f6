// queue take, and what becomes of an item that was taken: ack, release, bury, touch; and kick, the way back.
#include <fmt/core.h>
#include <charconv>
#include "verbs/handout.hpp"
#include "verbs/queue.hpp"
#include "verbs/queue_words.hpp"

namespace shm::verbs {

namespace {
using object::Item;
using object::Owner;
using object::Queue;

constexpr std::int64_t of_queue = -1;  // the time that the queue, or an earlier take, says

/// --owner, or the process that called.
Owner owner_of(const cli::Call& call) {
  const auto text = call.argument("owner");
  if (!text) {
    return cli::must(object::owner_of_caller());
  }
  if (*text == "none") {
    return {};
  }
  int pid = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), pid);
  if (error != std::errc() || end != text->data() + text->size() || pid <= 0) {
    refuse(call, fmt::format("--owner '{}': not the number of a process (or none)", *text));
  }
  return cli::must(object::owner_of(pid));
}

/// Whoever the items are for may end while they are waited for.
void check_lives(const Owner& owner) {
  if (!object::Census().lives(owner)) {
    throw cli::Failure(os::fail(os::Code::absent, "take for process", fmt::format("{}", owner.pid), "it has ended",
                                "nothing was taken"));
  }
}

void print_taken(cli::Call& call, const Item& item) {
  if (call.output.json()) {
    call.output.result({}, item_json(call.operands[0], item));
  } else if (call.output.format == cli::Format::null) {  // an item may have any byte in it, a tab as well
    call.output.line(fmt::format("{}", item.id));
    call.output.line(item.bytes.view());
  } else {
    std::string line = fmt::format("{}\t", item.id);
    line += item.bytes.view();
    call.output.line(line);
  }
}

/// As if it had not been taken. What can't be given back is held still, and so not lost.
std::size_t give_back(Queue& queue, const std::vector<Item>& items, std::size_t first) {
  for (std::size_t i = items.size(); i > first; --i) {  // each goes to the front
    (void)queue.release(items[i - 1].id, 0, false);
  }
  return 0;
}

/// The operands of a verb that changes what is there: NAME ID...
Queue open_for(const cli::Call& call, const store::Store& store) {
  return open_queue(store, call.operands[0], os::Access::write);
}

void tell_state(cli::Call& call, std::uint64_t id, object::ItemState state) {
  if (call.output.json()) {
    call.output.result({}, queue_json(call.operands[0]).add("id", id).add("state", state_name(state)));
  }
}
}  // namespace

int queue_take(cli::Call& call) {
  const std::uint64_t count = number_of(call, "count", 1, 1);
  const std::int64_t ttr = time_of(call, "ttr", of_queue);
  cli::must(store::check_name(call.operands[0]));
  const Owner owner = owner_of(call);
  Handout<Queue> handout(call, deadline_of(call));
  auto items = handout.wait([&](Queue& queue, std::int64_t deadline) -> os::Result<std::vector<Item>> {
    if (owner.pid == 0 && (ttr < 0 ? queue.limits().ttr_ns : ttr) == 0) {
      refuse(call, "--owner none needs a time after which the item comes back (say --ttr)");
    }
    check_lives(owner);
    return queue.take(owner, count, ttr, deadline);
  });
  return handout.hand_out(
      std::move(items), [&](const auto& all, std::size_t number) { print_taken(call, all[number]); }, give_back);
}

int queue_ack(cli::Call& call) {
  const auto ids = ids_of(call);
  const auto& store = open_store(call, store::Missing::refuse);
  cli::must(open_for(call, store).acknowledge(ids));
  if (call.output.json()) {
    call.output.result(
        {}, queue_json(call.operands[0]).add("acknowledged", std::vector<std::int64_t>(ids.begin(), ids.end())));
  }
  return 0;
}

int queue_release(cli::Call& call) {
  const std::uint64_t id = ids_of(call)[0];
  const std::int64_t delay = time_of(call, "delay", 0);
  const auto& store = open_store(call, store::Missing::refuse);
  tell_state(call, id, cli::must(open_for(call, store).release(id, delay)));
  return 0;
}

int queue_bury(cli::Call& call) {
  const std::uint64_t id = ids_of(call)[0];
  const auto& store = open_store(call, store::Missing::refuse);
  cli::must(open_for(call, store).bury(id));
  tell_state(call, id, object::ItemState::buried);
  return 0;
}

int queue_touch(cli::Call& call) {
  const std::uint64_t id = ids_of(call)[0];
  const std::int64_t ttr = time_of(call, "ttr", of_queue);
  const auto& store = open_store(call, store::Missing::refuse);
  cli::must(open_for(call, store).touch(id, ttr));
  tell_state(call, id, object::ItemState::held);
  return 0;
}

int queue_kick(cli::Call& call) {
  const auto ids = ids_of(call);
  const auto& store = open_store(call, store::Missing::refuse);
  const std::uint64_t kicked = cli::must(open_for(call, store).kick(ids));
  call.output.result(fmt::format("{}", kicked), queue_json(call.operands[0]).add("kicked", kicked));
  return 0;
}

}  // namespace shm::verbs
