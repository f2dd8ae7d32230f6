#include "soak/linear/hand_made.hpp"
#include "soak/linear/objects.hpp"

namespace soak::linear {

namespace {
using shm::os::Code;

constexpr Verdict yes = Verdict::linearizable;
constexpr Verdict no = Verdict::refused;

// Called at `from`, returned at `to`.
Operation op(std::int64_t from, std::int64_t to, std::uint64_t process, std::uint64_t verb, Numbers in, Numbers out,
             std::uint64_t outcome = done) {
  return {process, verb, in, outcome, out, from, to, false};
}
Operation killed(std::int64_t from, std::int64_t to, std::uint64_t process, std::uint64_t verb, Numbers in) {
  return {process, verb, in, done, {}, from, to, true};
}

// By their places in the kinds' lists of verbs.
constexpr std::uint64_t add = 0, get = 1;
constexpr std::uint64_t read = 0, set = 1, swap = 2, cas = 3;
constexpr std::uint64_t lost = failed(Code::lost);

void of_numbers(std::vector<HandMade>& all) {
  all.push_back({"two additions, one after another",
                 "counter",
                 yes,
                 {0},
                 {op(1, 2, 0, add, {2}, {2}), op(3, 4, 1, add, {3}, {5})},
                 {5}});
  all.push_back({"two at once, in the other order",
                 "counter",
                 yes,
                 {0},
                 {op(1, 9, 0, add, {2}, {5}), op(2, 4, 1, add, {3}, {3})},
                 {5}});
  all.push_back(
      {"an addition is lost", "counter", no, {0}, {op(1, 9, 0, add, {2}, {2}), op(2, 4, 1, add, {3}, {3})}, {3}});
  all.push_back({"a read is stale", "counter", no, {0}, {op(1, 2, 0, add, {2}, {2}), op(3, 4, 1, get, {}, {0})}, {2}});
  all.push_back({"a read sees what comes later",
                 "counter",
                 no,
                 {0},
                 {op(1, 2, 0, get, {}, {2}), op(3, 4, 1, add, {2}, {2})},
                 {2}});
  all.push_back({"two reads see two changes in two orders",
                 "value",
                 no,
                 {0},
                 {op(1, 9, 0, set, {1}, {}), op(1, 9, 1, set, {2}, {}), op(2, 3, 2, read, {}, {1}),
                  op(4, 5, 2, read, {}, {2}), op(2, 3, 3, read, {}, {2}), op(4, 5, 3, read, {}, {1})},
                 {1}});
  all.push_back({"both compare-and-sets win",
                 "value",
                 no,
                 {1},
                 {op(1, 9, 0, cas, {1, 2}, {}), op(1, 9, 1, cas, {1, 3}, {})},
                 {3}});
  all.push_back({"one compare-and-set wins",
                 "value",
                 yes,
                 {1},
                 {op(1, 9, 0, cas, {1, 2}, {}), op(1, 9, 1, cas, {1, 3}, {}, lost)},
                 {2}});
  all.push_back({"a compare-and-set loses to nobody", "value", no, {1}, {op(1, 2, 0, cas, {1, 2}, {}, lost)}, {1}});
  all.push_back({"the same is swapped out twice",
                 "value",
                 no,
                 {1},
                 {op(1, 9, 0, swap, {2}, {1}), op(1, 9, 1, swap, {3}, {1})},
                 {3}});
  all.push_back({"an acknowledged change is gone at the end", "value", no, {1}, {op(1, 2, 0, set, {4}, {})}, {1}});
  all.push_back({"a killed change has happened",
                 "value",
                 yes,
                 {1},
                 {killed(1, 5, 0, set, {4}), op(2, 3, 1, read, {}, {4})},
                 {4}});
  all.push_back({"a killed change has not happened",
                 "value",
                 yes,
                 {1},
                 {killed(1, 5, 0, set, {4}), op(6, 7, 1, read, {}, {1})},
                 {1}});
  all.push_back({"a killed change happens after the death",
                 "value",
                 no,
                 {1},
                 {killed(1, 5, 0, set, {4}), op(6, 7, 1, read, {}, {1}), op(8, 9, 1, read, {}, {4})},
                 {4}});
  all.push_back({"a killed change comes and goes",
                 "value",
                 no,
                 {1},
                 {killed(1, 9, 0, set, {4}), op(2, 3, 1, read, {}, {4}), op(4, 5, 1, read, {}, {1})},
                 {1}});
  all.push_back(
      {"half a killed change", "value", no, {1}, {killed(1, 5, 0, set, {4}), op(6, 7, 1, read, {}, {5})}, {5}});
}

constexpr std::uint64_t push = 0, push_two = 1, pop = 2, take = 4, ack = 5, len = 9;
constexpr std::uint64_t back = 0, front = 1;
constexpr std::uint64_t empty = failed(Code::empty);
const State nothing = {0};

// The items that are ready, of priority 0, and those held by process 0.
State items(std::initializer_list<std::uint64_t> ready, std::initializer_list<std::uint64_t> held = {}) {
  State state = {ready.size()};
  for (const std::uint64_t number : ready) {
    state.insert(state.end(), {number, 0});
  }
  for (const std::uint64_t number : held) {
    state.insert(state.end(), {number, 0, 0});
  }
  return state;
}

void of_queues(std::vector<HandMade>& all) {
  const auto pushed = [](std::int64_t from, std::int64_t to, std::uint64_t process, std::uint64_t number) {
    return op(from, to, process, push, {number, 0, back}, {});
  };
  all.push_back({"pushed and popped",
                 "queue",
                 yes,
                 nothing,
                 {pushed(1, 2, 0, 10), pushed(3, 4, 0, 20), op(5, 6, 1, pop, {front}, {10})},
                 items({20})});
  all.push_back(
      {"two are popped in another order than they were pushed",
       "queue",
       no,
       nothing,
       {pushed(1, 2, 0, 10), pushed(3, 4, 0, 20), op(5, 6, 1, pop, {front}, {20}), op(7, 8, 1, pop, {front}, {10})},
       nothing});
  all.push_back(
      {"two that were pushed at once are popped in either order",
       "queue",
       yes,
       nothing,
       {pushed(1, 4, 0, 10), pushed(2, 3, 1, 20), op(5, 6, 1, pop, {front}, {20}), op(7, 8, 1, pop, {front}, {10})},
       nothing});
  all.push_back({"one item is popped twice",
                 "queue",
                 no,
                 items({10}),
                 {op(1, 9, 0, pop, {front}, {10}), op(2, 5, 1, pop, {front}, {10})},
                 nothing});
  all.push_back({"a pushed item is lost",
                 "queue",
                 no,
                 nothing,
                 {pushed(1, 2, 0, 10), op(3, 4, 1, pop, {front}, {}, empty)},
                 nothing});
  all.push_back({"a popped item is there again",
                 "queue",
                 no,
                 items({10}),
                 {op(1, 2, 0, pop, {front}, {10}), op(3, 4, 1, take, {}, {10})},
                 items({}, {10})});
  all.push_back({"an acknowledged item comes back by the death of who had it",
                 "queue",
                 no,
                 items({10}),
                 {op(1, 2, 0, take, {}, {10}), op(3, 4, 0, ack, {10}, {}), op(5, 6, 0, death, {}, {})},
                 items({10})});
  all.push_back({"a taken item comes back by the death of who has it",
                 "queue",
                 yes,
                 items({10, 20}),
                 {op(1, 2, 0, take, {}, {10}), op(5, 6, 0, death, {}, {}), op(7, 8, 1, pop, {front}, {10})},
                 items({20})});
  const auto with_len = [](Numbers first, Numbers second) {
    return std::vector<Operation>{op(1, 9, 1, pop, {front}, {20}), op(2, 3, 0, noticed, {}, {}),
                                  op(2, 9, 0, death, {}, {}), op(4, 5, 2, len, {}, first),
                                  op(6, 7, 2, len, {}, second)};
  };
  all.push_back({"a death is seen before a change that was under way then", "queue", yes, items({20}, {10}),
                 with_len({2}, {2}), items({10})});
  all.push_back(
      {"a death is seen and then not", "queue", no, items({20, 30}, {10}), with_len({3}, {1}), items({10, 30})});
  all.push_back(
      {"a death is not seen by who comes after it", "queue", no, items({20}, {10}), with_len({0}, {0}), items({10})});
  all.push_back({"a taken item goes to another while who has it lives",
                 "queue",
                 no,
                 items({10}),
                 {op(1, 2, 0, take, {}, {10}), op(3, 4, 1, take, {}, {10})},
                 items({}, {10})});
  all.push_back({"a killed acknowledgement has happened, and the item comes back",
                 "queue",
                 no,
                 items({10}),
                 {op(1, 2, 0, take, {}, {10}), killed(3, 9, 0, ack, {10}), op(4, 5, 1, pop, {front}, {}, empty),
                  op(6, 9, 0, death, {}, {}), op(10, 11, 1, push_two, {30, 31}, {}), op(12, 13, 1, pop, {front}, {30})},
                 items({10, 31})});
  all.push_back({"a killed pop takes its item along",
                 "queue",
                 yes,
                 items({10}),
                 {killed(1, 5, 0, pop, {front}), op(6, 7, 1, pop, {front}, {}, empty)},
                 nothing});
  all.push_back({"one killed pop takes two items along",
                 "queue",
                 no,
                 items({10, 20}),
                 {killed(1, 5, 0, pop, {front}), op(6, 7, 1, pop, {front}, {}, empty)},
                 nothing});
  all.push_back({"half of a push of two", "queue", no, nothing, {killed(1, 5, 0, push_two, {10, 20})}, items({10})});
  all.push_back({"an item that nobody has pushed", "queue", no, nothing, {op(1, 2, 0, pop, {front}, {7})}, nothing});
}

constexpr std::uint64_t text_get = 0, text_append = 2, text_getdel = 5;

void of_texts(std::vector<HandMade>& all) {
  const auto holding = [](const std::string& text) { return State{1, text_hash(text), text.size()}; };
  const auto seen_as = [](const std::string& text) { return Numbers{text_hash(text), text.size()}; };
  const std::string one = text_of(1);
  const std::string two = one + text_of(2);
  all.push_back({"two appends at once",
                 "text",
                 yes,
                 {0, 0, 0},
                 {op(1, 9, 0, text_append, {2}, {two.size()}), op(2, 3, 1, text_append, {1}, {one.size()})},
                 holding(two)});
  all.push_back({"an append is lost",
                 "text",
                 no,
                 holding(""),
                 {op(1, 9, 0, text_append, {1}, {one.size()}), op(2, 3, 1, text_append, {2}, {two.size()})},
                 holding(text_of(2))});
  all.push_back({"half an append",
                 "text",
                 no,
                 holding(one),
                 {killed(1, 5, 0, text_append, {2}), op(6, 7, 1, text_get, {}, seen_as(two.substr(0, two.size() - 2)))},
                 holding(two.substr(0, two.size() - 2))});
  all.push_back({"two get and remove the same",
                 "text",
                 no,
                 holding(one),
                 {op(1, 9, 0, text_getdel, {}, seen_as(one)), op(2, 3, 1, text_getdel, {}, seen_as(one))},
                 {0, 0, 0}});
}
}  // namespace

std::vector<HandMade> hand_made() {
  std::vector<HandMade> all;
  of_numbers(all);
  of_texts(all);
  of_queues(all);
  return all;
}

}  // namespace soak::linear
