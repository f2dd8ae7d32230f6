// list pop: items out of a list, and to standard output.
#include <algorithm>
#include "os/clock.hpp"
#include "verbs/handout.hpp"
#include "verbs/list.hpp"
#include "verbs/list_words.hpp"
#include "verbs/numbers.hpp"

namespace shm::verbs {

namespace {
using object::End;
using object::List;
using object::ListItems;
using os::Result;

/// What to pop: up to `count` items from an end, or the one at an index.
struct Which {
  std::optional<std::int64_t> index;
  End end = End::back;
  std::uint64_t count = 1;
};

Which which_of(const cli::Call& call) {
  Which which;
  which.count = number_of(call, "count", 1, 1);
  which.end = call.has("front") ? End::front : End::back;
  if (call.operands.size() > 1) {
    which.index = index_of(call, call.operands[1]);
    if (call.has("front") || call.has("count")) {
      refuse(call, "INDEX is for one item: it excludes --front and --count");
    }
  }
  return which;
}

/// Adds items to the place where they were popped, the way they stood there.
Result<std::uint64_t> add_again(List& list, const Which& which, std::span<const List::Bytes> items,
                                std::int64_t deadline_ns) {
  if (!which.index || *which.index == -1) {
    return list.add(which.end, items, deadline_ns);
  }
  // An index from the end is that of the item behind which it stands.
  return list.insert(*which.index < 0 ? *which.index + 1 : *which.index, items, deadline_ns);
}

/// How many could not be put back.
std::size_t put_back(List& list, const Which& which, const ListItems& items, std::size_t first) {
  constexpr std::int64_t patience_ns = 1'000'000'000;  // others may have filled the list up meanwhile
  std::vector<List::Bytes> back;
  for (std::size_t i = first; i < items.size(); ++i) {
    back.push_back(std::as_bytes(std::span(items[i])));
  }
  if (which.end == End::back) {
    std::reverse(back.begin(), back.end());
  }
  if (add_again(list, which, back, os::monotonic_ns() + patience_ns)) {
    return 0;
  }
  std::size_t lost = 0;  // as many as there is room for, the innermost first
  if (which.end == End::front) {
    std::reverse(back.begin(), back.end());
  }
  for (const auto& item : back) {
    lost += add_again(list, which, std::span(&item, 1), 0) ? 0 : 1;
  }
  return lost;
}
}  // namespace

int list_pop(cli::Call& call) {
  const auto& name = call.operands[0];
  const Which which = which_of(call);
  cli::must(store::check_name(name));
  Handout<List> handout(call, deadline_of(call));
  auto items = handout.wait([&](List& list, std::int64_t deadline) {
    return which.index ? list.pop(*which.index, deadline) : list.pop(which.end, which.count, deadline);
  });
  return handout.hand_out(
      std::move(items),
      [&](const ListItems& all, std::size_t number) {
        if (call.output.json()) {
          call.output.result({}, list_json(name).add_bytes("item", all[number]));
        } else {
          call.output.line(all[number]);
        }
      },
      [which](List& list, const ListItems& all, std::size_t first) { return put_back(list, which, all, first); });
}

}  // namespace shm::verbs
