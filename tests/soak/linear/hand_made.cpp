#include "soak/linear/hand_made.hpp"
#include "soak/linear/kinds.hpp"

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
}  // namespace

std::vector<HandMade> hand_made() {
  std::vector<HandMade> all;
  of_numbers(all);
  return all;
}

}  // namespace soak::linear
