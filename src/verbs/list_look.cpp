// list get, index and count: what is in a list, and where.
#include <fmt/core.h>
#include <algorithm>
#include "os/clock.hpp"
#include "verbs/list.hpp"
#include "verbs/list_words.hpp"

namespace shm::verbs {

namespace {
using object::List;
using object::ListPart;
using os::Access;
using os::Code;
using os::Result;

std::vector<ListPart> parts_of(const cli::Call& call) {
  std::vector<ListPart> parts;
  for (std::size_t i = 1; i < call.operands.size(); ++i) {
    ListPart part;
    part.one = !is_slice(call.operands[i]);
    if (part.one) {
      part.index = index_of(call, call.operands[i]);
    } else {
      part.slice = slice_of(call, call.operands[i]);
    }
    parts.push_back(std::move(part));
  }
  if (parts.empty()) {
    parts.emplace_back();  // all items
  }
  return parts;
}

/// Reads them, and waits until the single ones are there, or until the deadline. The list may come and go meanwhile.
Result<void> look(const store::Store& store, std::string_view name, std::vector<ListPart>& parts,
                  std::int64_t deadline_ns) {
  constexpr std::int64_t look_ns = 50'000'000;  // until a name is looked for again that is not there
  for (;;) {
    auto list = List::open(store, name, Access::read);
    const auto found = !list              ? std::unexpected(list.error())
                       : deadline_ns == 0 ? list->get(parts, false)
                                          : list->wait_for(parts, deadline_ns);
    if (found || found.error().code != Code::absent || deadline_ns == 0) {
      return found;
    }
    const std::int64_t now = os::monotonic_ns();
    if (deadline_ns > 0 && now >= deadline_ns) {
      return std::unexpected(os::fail(Code::timed_out, "wait for list", name, "it is not there"));
    }
    os::sleep_until(deadline_ns < 0 ? now + look_ns : std::min(now + look_ns, deadline_ns));
  }
}

void print(cli::Call& call, std::int64_t index, std::string_view item) {
  if (call.output.json()) {
    call.output.result({}, list_json(call.operands[0]).add("index", index).add_bytes("item", item));
  } else {
    call.output.line(item);
  }
}

void print(cli::Call& call, const ListPart& part, std::optional<std::string_view> otherwise) {
  if (part.there) {
    std::int64_t index = part.first;
    for (std::size_t i = 0; i < part.items.size(); ++i) {
      print(call, index, part.items[i]);
      index += part.one ? 0 : part.slice.step;
    }
  } else if (otherwise) {
    print(call, part.index, *otherwise);
  } else {
    call.report(os::fail(Code::empty, "get item", fmt::format("{}[{}]", call.operands[0], part.index),
                         "the list has none of that index"));
  }
}
}  // namespace

int list_get(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  auto parts = parts_of(call);
  const std::int64_t deadline = deadline_of(call);
  const auto otherwise = call.argument("default");
  const store::Store* store = otherwise       ? find_store(call)
                              : deadline != 0 ? &open_store(call, store::Missing::create)
                                              : &open_store(call, store::Missing::refuse);
  using_object(name);
  const Result<void> found = store != nullptr
                                 ? look(*store, name, parts, deadline)
                                 : std::unexpected(os::fail(Code::absent, "open", name, "there is no such object"));
  if (!found && !(otherwise && (found.error().code == Code::absent || found.error().code == Code::timed_out))) {
    throw cli::Failure(found.error());
  }
  for (const auto& part : parts) {
    if (found || part.one) {
      print(call, part, otherwise);
    }
  }
  return call.status();
}

int list_index(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  const auto from = call.argument("start");
  const std::int64_t start = from ? index_of(call, *from) : 0;
  const ItemInput input(call, 1);
  const auto item = one_of(call, input);
  const auto& store = open_store(call, store::Missing::refuse);
  const std::uint64_t index = cli::must(open_list(store, name, Access::read).index(item, start));
  call.output.result(fmt::format("{}", index), list_json(name).add("index", index));
  return 0;
}

int list_count(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  const ItemInput input(call, 1);
  const auto item = one_of(call, input);
  const auto& store = open_store(call, store::Missing::refuse);
  const std::uint64_t count = cli::must(open_list(store, name, Access::read).count(item));
  call.output.result(fmt::format("{}", count), list_json(name).add("count", count));
  return 0;
}

}  // namespace shm::verbs
