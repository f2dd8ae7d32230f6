// The workloads of kind queue: one for each way in which a queue is changed, with few items, that are in all states.
#include <unistd.h>
#include <memory>
#include "kinds.hpp"
#include "object/queue_transit.hpp"
#include "queue_survey.hpp"
#include "report.hpp"
#include "state.hpp"
#include "steps.hpp"

namespace crash {

using shm::object::End;
using shm::object::Item;
using shm::object::ItemState;
using shm::object::NewItem;
using shm::object::Owner;
using shm::object::Queue;
using shm::os::Access;
using shm::os::Code;
using shm::segment::Reader;
using shm::segment::Ref;
using shm::segment::Region;
using shm::segment::Walk;
using shm::store::Store;
namespace words = shm::object::queue;

namespace {
constexpr std::int64_t long_ns = 3'600'000'000'000;
constexpr std::int64_t past_ns = 1;  // a time that is over at once
constexpr std::uint64_t most_items = 16;
constexpr std::uint64_t most_attempts = 2;

// ---- what is done

// This program, which lives as long as its workloads do; and one that has ended.
Owner alive;
Owner dead;
const Owner nobody;

struct New {
  std::string bytes;
  std::int64_t priority = 0;
  End end = End::back;
  std::string key = {};
};

Outcome push(Queue& queue, const std::vector<New>& all) {
  std::vector<NewItem> items;
  for (const auto& each : all) {
    items.push_back(
        {std::as_bytes(std::span(each.bytes)), std::as_bytes(std::span(each.key)), each.priority, each.end});
  }
  std::vector<std::uint64_t> ids;
  return outcome_of(queue.push(items, 0, ids));
}

using Step = StepOf<Queue>;

// It is refused, and does on its way what every operation does.
Step refused(Code with, Step step) { return refused_step<Queue>(with, std::move(step)); }

Workload workload(std::string name, std::vector<Step> before, Step act, bool quick = false) {
  return workload_of<Queue>(std::move(name), std::move(before), std::move(act), quick);
}

// ---- what is seen

std::string shown(std::string_view bytes) {
  constexpr std::size_t most = 16;
  if (bytes.size() <= most) {
    return std::string(bytes);
  }
  std::uint64_t hash = 14695981039346656037U;
  for (const char each : bytes) {
    hash = (hash ^ static_cast<unsigned char>(each)) * 1099511628211U;
  }
  return std::to_string(bytes.size()) + " bytes " + std::to_string(hash);
}

std::string shown(const Item& item) {
  std::string seen = " #" + std::to_string(item.id) + " '" + shown(item.bytes.view()) + "'";
  seen += item.priority == 0 ? "" : " priority " + std::to_string(item.priority);
  seen += item.attempts == 0 ? "" : " attempts " + std::to_string(item.attempts);
  seen += item.key.empty() ? "" : " key " + shown(item.key.view());
  seen += item.due_ns == 0 ? "" : " timed";
  if (item.state == ItemState::held) {
    seen += item.owner == alive ? " alive" : item.owner == nobody ? " nobody" : " somebody";
  }
  return seen;
}

std::string describe(const Queue& queue) {
  std::string seen;
  const std::pair<ItemState, const char*> states[] = {{ItemState::ready, "ready"},
                                                      {ItemState::held, "held"},
                                                      {ItemState::delayed, "delayed"},
                                                      {ItemState::buried, "buried"}};
  for (const auto& [state, name] : states) {
    const auto items = queue.items(state);
    if (!items) {
      return items.error().code == Code::absent ? std::string(absent) : "error: " + text(items.error());
    }
    seen += std::string(name) + ":";
    for (const auto& item : *items) {
      seen += item.state == state ? shown(item) : " in the wrong state";
    }
    seen += "; ";
  }
  const auto from_back = queue.peek(End::back, most_items + 1);
  const auto length = queue.len();
  const auto stats = queue.stats();
  if (!from_back || !length || !stats) {
    const auto& error = !from_back ? from_back.error() : !length ? length.error() : stats.error();
    return error.code == Code::absent ? std::string(absent) : "error: " + text(error);
  }
  seen += "from the back:";
  for (const auto& item : *from_back) {
    seen += " #" + std::to_string(item.id);
  }
  seen += "; length and stats:";
  for (const std::uint64_t number :
       {*length, stats->ready, stats->held, stats->delayed, stats->buried, stats->bytes, stats->pushed, stats->popped,
        stats->acknowledged, stats->released, stats->returned, stats->expired}) {
    seen += " " + std::to_string(number);
  }
  return seen;
}

std::string content(const Store& store, Access access) {
  const auto queue = Queue::open(store, object_name, access);
  if (!queue) {
    return queue.error().code == Code::absent ? std::string(absent) : "error: " + text(queue.error());
  }
  return describe(*queue);
}

// ---- the workloads

Step pushed(std::vector<New> items) {
  return [items = std::move(items)](Queue& queue) { return push(queue, items); };
}

const Step abc = pushed({{"a"}, {"b"}, {"c"}});
const Step levels = pushed({{"low", -1}, {"a"}, {"b"}, {"high", 7}});

Step popped(End end, std::uint64_t count) {
  return [=](Queue& queue) { return outcome_of(queue.pop(end, count, 0)); };
}

void add_pushes(std::vector<Workload>& all) {
  all.push_back(workload("push first", {}, pushed({{"a"}}), true));
  all.push_back(workload("push", {abc}, pushed({{"some more bytes"}})));
  all.push_back(workload("push into empty", {abc, popped(End::front, 3)}, pushed({{"d", 3}})));
  all.push_back(workload("push several", {abc}, pushed({{"d"}, {"e", 2}, {"f", 0, End::front}})));
  all.push_back(workload("push front", {levels}, pushed({{"d", 0, End::front}})));
  all.push_back(workload("push highest", {levels}, pushed({{"d", 8}})));
  all.push_back(workload("push between", {levels}, pushed({{"d", 3}})));
  all.push_back(workload("push lowest", {levels}, pushed({{"d", -2}})));
  all.push_back(workload("push same priority", {levels}, pushed({{"d", 7}})));
  all.push_back(workload("push unique", {pushed({{"a", 0, End::back, "first"}})},
                         pushed({{"b", 0, End::back, "another longer key"}})));
  all.push_back(workload("push twice unique", {abc},
                         refused(Code::lost, pushed({{"d", 4, End::back, "k"}, {"e", 4, End::back, "k"}}))));
  std::vector<New> keyed;
  for (std::uint64_t i = 0; i < 12; ++i) {
    keyed.push_back({"k", 0, End::back, "key " + std::to_string(i)});
  }
  all.push_back(workload("push unique among many", {pushed(keyed)},
                         pushed({{"l", 0, End::back, "l"}, {"m", 0, End::back, "m"}, {"n", 0, End::back, "n"}})));
  all.push_back(workload("push grow", {abc}, pushed({{std::string(6000, 'x')}})));
  all.push_back(workload("push large", {abc}, pushed({{std::string(17000, 'y')}})));
}

void add_pops(std::vector<Workload>& all) {
  all.push_back(workload("pop", {abc}, popped(End::front, 1), true));
  all.push_back(workload("pop back", {abc}, popped(End::back, 1)));
  all.push_back(workload("pop several", {levels}, popped(End::front, 3)));
  all.push_back(workload("pop several back", {levels}, popped(End::back, 3)));
  all.push_back(workload("pop last of level", {levels}, popped(End::front, 1)));
  all.push_back(workload("pop last", {pushed({{"a"}})}, popped(End::front, 1)));
  all.push_back(workload("pop all", {levels}, popped(End::back, 9)));
  all.push_back(
      workload("pop unique", {pushed({{"a", 0, End::back, "k"}, {"b", 0, End::back, "l"}})}, popped(End::front, 1)));
}

Step taken(const Owner& holder, std::uint64_t count, std::int64_t ttr_ns = long_ns) {
  return [=](Queue& queue) { return outcome_of(queue.take(holder, count, ttr_ns, 0)); };
}

Step acknowledged(std::vector<std::uint64_t> ids) {
  return [ids = std::move(ids)](Queue& queue) { return outcome_of(queue.acknowledge(ids)); };
}

Step released(std::uint64_t id, std::int64_t delay_ns, bool attempted = true) {
  return [=](Queue& queue) { return outcome_of(queue.release(id, delay_ns, attempted)); };
}

Step buried(std::uint64_t id) {
  return [=](Queue& queue) { return outcome_of(queue.bury(id)); };
}

Step kicked(std::vector<std::uint64_t> ids) {
  return [ids = std::move(ids)](Queue& queue) { return outcome_of(queue.kick(ids)); };
}

Step cleared() {
  return [](Queue& queue) { return outcome_of(queue.clear()); };
}

void add_holding(std::vector<Workload>& all) {
  const Step hold_two = taken(alive, 2);
  const Step hold_all = taken(alive, 3);
  all.push_back(workload("take", {abc}, taken(alive, 1), true));
  all.push_back(workload("take more", {abc, taken(alive, 1)}, taken(nobody, 1, 0)));
  all.push_back(workload("take several", {levels}, taken(alive, 3)));
  all.push_back(workload("take last", {pushed({{"a"}})}, taken(alive, 1)));
  all.push_back(workload("take again", {abc, taken(alive, 1), released(1, 0)}, taken(alive, 1)));
  all.push_back(
      workload("take among many", {pushed(std::vector<New>(most_items, New{"x"})), taken(alive, 12)}, taken(alive, 4)));
  all.push_back(workload("acknowledge", {abc, hold_all}, acknowledged({2})));
  all.push_back(workload("acknowledge several", {abc, hold_all}, acknowledged({3, 1})));
  all.push_back(workload("acknowledge last", {pushed({{"a", 0, End::back, "k"}}), taken(alive, 1)}, acknowledged({1})));
  all.push_back(
      workload("acknowledge one that is not held", {abc, hold_two}, refused(Code::absent, acknowledged({1, 3}))));
  all.push_back(workload("release", {abc, hold_two}, released(1, 0)));
  all.push_back(workload("release last", {pushed({{"a"}}), taken(alive, 1)}, released(1, 0)));
  all.push_back(workload("release later", {abc, hold_two}, released(2, long_ns)));
  all.push_back(
      workload("release sooner than another", {abc, hold_two, released(2, long_ns)}, released(1, long_ns / 2)));
  all.push_back(workload("release uncounted", {abc, hold_two}, released(1, 0, false)));
  all.push_back(workload("release to bury", {abc, taken(alive, 1), released(1, 0), hold_two}, released(1, 0)));
  all.push_back(workload("bury", {abc, hold_two}, buried(1)));
  all.push_back(workload("bury another", {abc, hold_two, buried(2)}, buried(1)));
  all.push_back(workload("kick", {abc, hold_two, buried(1), buried(2)}, kicked({1})));
  all.push_back(workload("kick delayed", {abc, hold_two, buried(1), released(2, long_ns)}, kicked({2, 1})));
  all.push_back(workload("kick all", {levels, taken(alive, 3), buried(3), buried(4), buried(2)}, kicked({})));
  all.push_back(
      workload("touch", {abc, taken(alive, 2, 0)}, [](Queue& queue) { return outcome_of(queue.touch(1, long_ns)); }));
  all.push_back(
      workload("hand over", {abc, hold_two}, [](Queue& queue) { return outcome_of(queue.hand_over(2, nobody)); }));
}

void add_returns(std::vector<Workload>& all) {
  const Step dead_three = taken(dead, 3);
  const Step due = released(1, past_ns);
  all.push_back(
      workload("push at the front of what is returned", {abc, taken(dead, 2)}, pushed({{"d", 0, End::front}})));
  all.push_back(workload("push behind what is due", {abc, taken(alive, 2), due}, pushed({{"d"}})));
  all.push_back(workload("pop what is returned", {levels, dead_three}, popped(End::front, 1)));
  all.push_back(workload("pop what is due", {pushed({{"a"}}), taken(alive, 1), due}, popped(End::front, 1)));
  all.push_back(workload("take what is expired", {abc, taken(alive, 3, past_ns)}, taken(alive, 2)));
  all.push_back(workload("return to bury", {abc, taken(dead, 2), taken(dead, 3)}, taken(alive, 1)));
  all.push_back(workload("acknowledge what is returned", {abc, dead_three}, refused(Code::absent, acknowledged({2}))));
  all.push_back(
      workload("release while others are returned", {levels, taken(alive, 1), taken(dead, 2)}, released(4, 0)));
  all.push_back(workload("clear what is returned", {abc, dead_three}, cleared()));
  all.push_back(
      workload("kick what is not there",
               {pushed({{"a"}, {"b"}, {"c"}, {"d"}}), taken(alive, 1), due, taken(dead, 1), taken(alive, 1, past_ns)},
               refused(Code::absent, kicked({77}))));
}

// Copied outside the lock, between two transactions.
void add_transits(std::vector<Workload>& all) {
  const Step huge = pushed({{std::string(words::large_item + 5, 'h')}});
  const auto add = [&](Workload workload, bool again) {
    workload.again = again;
    workload.settle = [](const Store& store) {
      Region region = must(Region::open(store, object_name, Access::write));
      words::settle(region);
    };
    all.push_back(std::move(workload));
  };
  add(workload("push huge", {abc}, huge), true);
  add(workload("push huge front", {levels}, pushed({{std::string(words::large_item, 'h'), 0, End::front}})), true);
  add(workload("pop huge", {huge}, popped(End::front, 1)), true);
  // Done again at once, it takes the next item: what the dead one was taking comes back only then.
  add(workload("pop huge of several", {abc, pushed({{std::string(words::large_item, 'h'), 1}})}, popped(End::front, 1)),
      false);
  add(workload("pop huge from back", {abc, huge}, popped(End::back, 1)), false);
}

void add_rest(std::vector<Workload>& all) {
  const std::vector<Step> all_states = {pushed({{"a"}, {"b", 0, End::back, "k"}, {"c"}, {"d", 2}, {"e", -1}}),
                                        taken(alive, 3), buried(1), released(2, long_ns)};
  all.push_back(workload("clear", all_states, cleared()));
  auto full = all_states;
  full.push_back(pushed(std::vector<New>(most_items - 5, New{"x"})));
  all.push_back(workload("push where is no room", full, refused(Code::limit, pushed({{"d"}}))));
  Workload removed = workload("remove", all_states, cleared());
  removed.operation = removal();
  all.push_back(removed);
}

}  // namespace

Kind queue_kind() {
  alive = must(shm::object::owner_of(::getpid()));
  dead = alive;
  dead.start += 1;
  Kind kind;
  kind.name = "queue";
  kind.create = [](const Store& store) {
    shm::object::QueueLimits limits;
    limits.max_items = most_items;
    limits.max_attempts = most_attempts;
    must(outcome_of(Queue::create(store, object_name, limits, {})));
  };
  kind.content = content;
  kind.blocks = [](const Reader& reader) { return queue_blocks(reader); };
  add_pushes(kind.workloads);
  add_pops(kind.workloads);
  add_holding(kind.workloads);
  add_returns(kind.workloads);
  add_transits(kind.workloads);
  add_rest(kind.workloads);
  return kind;
}

}  // namespace crash
