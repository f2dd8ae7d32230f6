// The one table: parsing, --help, the man pages, completion and the tests' completeness checks come from it. Each kind
// has its rows in a file of its own below table/.
#include "verbs/table.hpp"
#include <algorithm>
#include <array>
#include "verbs/table/array.hpp"
#include "verbs/table/block.hpp"
#include "verbs/table/counter.hpp"
#include "verbs/table/dict.hpp"
#include "verbs/table/general.hpp"
#include "verbs/table/job.hpp"
#include "verbs/table/list.hpp"
#include "verbs/table/queue.hpp"
#include "verbs/table/value.hpp"

namespace shm::verbs {

namespace {
using cli::Verb;

constexpr bool before(const Verb& left, const Verb& right) {
  return left.group != right.group ? left.group < right.group : left.name < right.name;
}

template <std::size_t... Sizes>
constexpr auto sorted(const Verb (&... parts)[Sizes]) {
  std::array<Verb, (Sizes + ...)> all{};
  auto* end = all.begin();
  ((end = std::copy(std::begin(parts), std::end(parts), end)), ...);
  std::sort(all.begin(), all.end(), before);
  return all;
}

constexpr auto verbs = sorted(table::of_general::verbs, table::of_job::verbs, table::of_array::verbs,
                              table::of_block::verbs, table::of_counter::verbs, table::of_dict::verbs,
                              table::of_list::verbs, table::of_queue::verbs, table::of_value::verbs);

constexpr cli::Group groups[] = {
    {"array", "A fixed number of numbers of one type, in one piece of memory"},
    {"block", "Memory of a fixed size, which any program can map"},
    {"counter", "A whole number that any number of processes count with"},
    {"dict", "Values by their keys, numbers to count with among them"},
    {"list", "Items in order, found by their place"},
    {"queue", "Items in order, which one process leaves and another gets"},
    {"value", "A number, truth value, text or bytes of a type that it keeps"},
};

constexpr cli::Program all = {verbs, groups};
}  // namespace

const cli::Program& program() noexcept { return all; }

}  // namespace shm::verbs
