// queue pop, peek and items: what is in a queue, taken away or looked at.
#include <fmt/core.h>
#include <algorithm>
#include "cli/duration.hpp"
#include "cli/printable.hpp"
#include "os/clock.hpp"
#include "verbs/handout.hpp"
#include "verbs/queue.hpp"
#include "verbs/queue_words.hpp"

namespace shm::verbs {

namespace {
using object::End;
using object::Item;
using object::ItemState;
using object::Queue;

void print(cli::Call& call, const Item& item) {
  if (call.output.json()) {
    call.output.result({}, item_json(call.operands[0], item));
  } else {
    call.output.line(item.bytes.view());
  }
}

/// "29 s", or "-" without a time.
std::string left(const Item& item) {
  if (item.due_ns == 0) {
    return "-";
  }
  return cli::format_age(item.due_ns - os::boottime_ns());
}

/// A line of the table is for people: not longer than one likes to read.
std::string shown(std::string_view bytes) {
  constexpr std::size_t most = 200;
  return cli::printable(bytes.substr(0, most)) + (bytes.size() > most ? "..." : "");
}

void print_row(cli::Table& table, const Item& item) {
  const bool held = item.state == ItemState::held;
  table.add({fmt::format("{}", item.id), std::string(state_name(item.state)), fmt::format("{}", item.attempts),
             fmt::format("{}", item.priority), held && item.owner.pid != 0 ? fmt::format("{}", item.owner.pid) : "-",
             left(item), shown(item.bytes.view())});
}

cli::Json full_json(std::string_view name, const Item& item) {
  cli::Json line = item_json(name, item);
  line.add("state", state_name(item.state));
  if (item.state == ItemState::held && item.owner.pid != 0) {
    line.add("owner", item.owner.pid);
  }
  if (item.due_ns != 0) {
    line.add("due_in", static_cast<double>(std::max<std::int64_t>(0, item.due_ns - os::boottime_ns())) / 1e9);
  }
  return line;
}
}  // namespace

int queue_pop(cli::Call& call) {
  const End end = end_of(call);
  const std::uint64_t count = number_of(call, "count", 1, 1);
  cli::must(store::check_name(call.operands[0]));
  Handout<Queue> handout(call, deadline_of(call));
  auto items = handout.wait([&](Queue& queue, std::int64_t deadline) { return queue.pop(end, count, deadline); });
  return handout.hand_out(
      std::move(items), [&](const auto& all, std::size_t number) { print(call, all[number]); },
      [end](Queue& queue, const auto& all, std::size_t first) {
        return hot::put_back(queue, std::span(all).subspan(first), end);
      });
}

int queue_peek(cli::Call& call) {
  const auto& name = call.operands[0];
  const std::uint64_t count = number_of(call, "count", 1, 1);
  const auto& store = open_store(call, store::Missing::refuse);
  const auto items = cli::must(open_queue(store, name, os::Access::read).peek(end_of(call), count));
  if (items.empty()) {
    throw cli::Failure(os::fail(os::Code::empty, "look into queue", name, "no item is ready"));
  }
  for (const auto& item : items) {
    print(call, item);
  }
  return 0;
}

int queue_items(cli::Call& call) {
  const auto& name = call.operands[0];
  const std::string_view wanted = call.argument("state").value_or("all");
  const auto& store = open_store(call, store::Missing::refuse);
  const auto queue = open_queue(store, name, os::Access::read);
  cli::Table table({"ID", "STATE", "ATTEMPTS", "PRIORITY", "OWNER", "DUE", "ITEM"});
  for (const auto state : {ItemState::ready, ItemState::held, ItemState::delayed, ItemState::buried}) {
    if (wanted != "all" && wanted != state_name(state)) {
      continue;
    }
    for (const auto& item : cli::must(queue.items(state))) {
      if (call.output.json()) {
        call.output.write(full_json(name, item));
      } else if (call.output.format == cli::Format::null) {
        call.output.line(fmt::format("{}", item.id));
        call.output.line(item.bytes.view());
      } else {
        print_row(table, item);
      }
    }
  }
  if (!table.empty()) {
    call.output.write(table.text());
  }
  return 0;
}

}  // namespace shm::verbs
