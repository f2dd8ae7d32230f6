#include "hot/queue.hpp"
#include <algorithm>
#include "hot/duration.hpp"
#include "hot/taking.hpp"

namespace shm::hot {

namespace {
using object::End;
using object::Item;
using object::NewItem;
using object::Queue;
using os::Code;
using os::Result;

std::span<const std::byte> bytes_of(std::string_view text) noexcept { return std::as_bytes(std::span(text)); }

Result<void> try_push(const store::Store& store, std::string_view name, Push& push) {
  auto queue = Queue::open(store, name, os::Access::write);
  if (!queue) {
    return std::unexpected(queue.error());
  }
  if (!push.items.empty()) {
    if (auto pushed = queue->push(push.items, push.deadline_ns, push.ids); !pushed) {
      return pushed;
    }
  }
  if (push.want_length) {
    // It was pushed, even if the queue is removed now.
    push.length = queue->len().value_or(push.ids.size());
  }
  return {};
}

/// What the words of a push say; nothing where that is not usual.
std::optional<Push> push_of(const Words& words) {
  const auto said = words.operands.subspan(1);
  const auto key = words.argument("unique");
  const auto priority = words.argument("priority");
  const auto rank = priority ? whole_number_in(*priority) : std::optional<std::int64_t>(0);
  const auto deadline = deadline_in(words.argument("wait"));
  if (!rank || !deadline || (key && (key->empty() || said.size() != 1)) || words.has("whole")) {
    return std::nullopt;
  }
  Push push;
  push.may_create = !words.has("existing");
  push.deadline_ns = *deadline;
  push.items.reserve(said.size());
  for (const auto item : said) {
    if (item == "-") {  // standard input
      return std::nullopt;
    }
    push.items.push_back(
        {bytes_of(item), bytes_of(key.value_or("")), *rank, words.has("front") ? End::front : End::back});
  }
  order_items(push);
  return push;
}

NewItem again(const Item& item, End end) noexcept { return {item.bytes.bytes(), item.key.bytes(), item.priority, end}; }
}  // namespace

void order_items(Push& push) {
  if (!push.items.empty() && push.items.front().end == End::front) {
    // Each goes before the one before it.
    std::reverse(push.items.begin(), push.items.end());
  }
}

Result<void> do_push(const store::Store& store, std::string_view name, Push& push) {
  // A name that comes and goes under other processes' hands is met again; each turn somebody else got something done.
  for (;;) {
    const auto pushed = try_push(store, name, push);
    if (pushed || pushed.error().code != Code::absent) {
      return pushed;
    }
    if (!push.may_create) {
      // It was removed just now, or is not there: the next look says which.
      if (const auto there = Queue::open(store, name, os::Access::write); !there) {
        return std::unexpected(there.error());
      }
      continue;
    }
    const auto created = Queue::create(store, name, object::QueueLimits(), object::Permissions());
    if (!created && created.error().code != Code::exists) {
      return created;
    }
  }
}

Result<int> queue_push(const Words& words, Host& host) {
  const auto name = words.operands[0];
  auto push = push_of(words);
  if (!push) {
    return not_mine;
  }
  if (const auto valid = store::check_name(name); !valid) {
    return std::unexpected(valid.error());
  }
  const auto store = host.open_store(push->may_create ? store::Missing::create : store::Missing::refuse);
  if (!store) {
    return std::unexpected(store.error());
  }
  host.using_object(name);
  if (const auto pushed = do_push(**store, name, *push); !pushed) {
    return std::unexpected(pushed.error());
  }
  return 0;
}

std::size_t put_back(Queue& queue, std::span<const Item> items, End end) {
  constexpr std::int64_t patience_ns = 1'000'000'000;  // others may have filled the queue up meanwhile
  const std::int64_t deadline = os::after(patience_ns);
  std::vector<std::uint64_t> ids;
  std::vector<NewItem> back;
  back.reserve(items.size());
  // The last first: so they are in the order they had.
  std::for_each(items.rbegin(), items.rend(), [&](const Item& item) { back.push_back(again(item, end)); });
  if (queue.push(back, deadline, ids)) {
    return 0;
  }
  std::size_t lost = 0;  // as many as there is room for
  for (const auto& item : back) {
    const auto pushed = queue.push({&item, 1}, 0, ids);
    // Where its key is there again, so is what it meant.
    lost += pushed || pushed.error().code == Code::lost ? 0 : 1;
  }
  return lost;
}

cli::Message lost_text(std::string_view name, std::size_t lost, std::size_t all) noexcept {
  cli::Message text("put back into '");
  text.add(name).add("': ").add_decimal(lost).add(" of ").add_decimal(all).add(" items are lost");
  return text;
}

namespace {
/// Puts popped items back of which so many bytes were written, and says why. Apart, for what it has on the stack is
/// hardly ever needed.
[[gnu::noinline]] void give_back(Host& host, std::string_view name, Queue& queue, std::span<const Item> items, End end,
                                 std::size_t written, os::Error why) {
  const std::size_t added = host.printing().end.size();
  std::size_t whole = 0;
  for (std::size_t bytes = 0; whole < items.size(); ++whole) {
    bytes += items[whole].bytes.size() + added;
    if (bytes > written) {
      break;
    }
  }
  const std::size_t lost = put_back(queue, items.subspan(whole), end);
  if (lost > 0) {
    cli::complain_of(lost_text(name, lost, items.size() - whole));
  }
  why.advice = back_in_queue;
  host.report(why);
}

/// Brings popped items to standard output, and what can't be written back.
void hand_out(Host& host, std::string_view name, Queue& queue, std::span<Item> items, End end, os::Delivery& delivery) {
  const Printing printing = host.printing();
  if (printing.quiet) {
    return;
  }
  // One item is written from where it is.
  os::Buffer all;
  os::Buffer& text = items.size() == 1 ? items[0].bytes : all;
  bool room = true;
  for (const auto& item : items) {
    room = room && (items.size() == 1 || text.add(item.bytes.view())) && text.add(printing.end);
  }
  std::size_t written = 0;
  const auto done = room ? delivery.write(text.view(), written)
                         : std::unexpected(os::fail(Code::full, "print items of", name, "there is not enough memory"));
  if (done) {
    return;
  }
  if (items.size() == 1 && room) {
    text.grown_to(text.size() - printing.end.size());
  }
  give_back(host, name, queue, items, end, written, done.error());
}
}  // namespace

Result<int> queue_pop(const Words& words, Host& host) {
  const auto name = words.operands[0];
  const End end = words.has("back") ? End::back : End::front;
  const auto said = words.argument("count");
  const auto count = said ? whole_number_in(*said) : std::optional<std::int64_t>(1);
  const auto deadline = deadline_in(words.argument("wait"));
  if (!count || *count < 1 || !deadline) {
    return not_mine;
  }
  if (const auto valid = store::check_name(name); !valid) {
    return std::unexpected(valid.error());
  }
  const auto store = host.open_store(*deadline == 0 ? store::Missing::refuse : store::Missing::create);
  if (!store) {
    return std::unexpected(store.error());
  }
  const bool heard = !host.printing().quiet;
  os::Delivery delivery;
  if (const auto good = heard ? os::Delivery::check() : Result<void>(); !good) {
    return std::unexpected(good.error());
  }
  host.using_object(name);
  Taking<Queue> taking(**store, name, *deadline, &delivery, heard);
  auto items = taking.wait(
      [&](Queue& queue, std::int64_t until) { return queue.pop(end, static_cast<std::uint64_t>(*count), until); });
  if (!items) {
    return std::unexpected(items.error());
  }
  hand_out(host, name, taking.object(), *items, end, delivery);
  return 0;
}

Result<int> queue_len(const Words& words, Host& host) {
  for (const auto name : words.operands) {
    if (const auto valid = store::check_name(name); !valid) {
      return std::unexpected(valid.error());
    }
  }
  const auto store = host.open_store(store::Missing::refuse);
  if (!store) {
    return std::unexpected(store.error());
  }
  for (const auto name : words.operands) {
    host.using_object(name);
    auto queue = Queue::open(**store, name, os::Access::read);
    const auto length = queue ? queue->len() : Result<std::uint64_t>(std::unexpected(queue.error()));
    if (length) {
      host.answer(name, "queue", object::Scalar::of(static_cast<std::int64_t>(*length)));
    } else {
      host.report(length.error());
    }
  }
  return 0;
}

}  // namespace shm::hot
