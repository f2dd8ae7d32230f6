// Queues: pushed and popped at both ends, taken, acknowledged, released, and given back by a death.
#include "object/queue.hpp"
#include <unistd.h>
#include <algorithm>
#include <cstring>
#include "soak/linear/objects.hpp"

namespace soak::linear {

namespace {
using shm::object::End;
using shm::object::Item;
using shm::object::ItemState;
using shm::object::NewItem;
using shm::object::Queue;
using shm::object::QueueLimits;
using shm::os::Code;

constexpr std::uint64_t most_items = 10;  // near enough to be met
constexpr std::uint64_t torn = ~std::uint64_t{0};

constexpr std::string_view verbs[] = {"push",    "push two", "pop",  "pop two", "take",  "ack",
                                      "release", "touch",    "peek", "len",     "stats", "clear"};
enum Verb : std::uint8_t { push, push_two, pop, pop_two, take, ack, release, touch, peek, len, stats, clear };

End end_of(std::uint64_t number) { return number != 0 ? End::front : End::back; }

// An item is its number, and as much more as the number says, so that an item of two others' parts is noticed.
std::vector<std::byte> content_of(std::uint64_t number) {
  std::vector<std::byte> bytes(8 + (number % 5 == 0 ? number * 31 % 700 : number % 20));
  std::memcpy(bytes.data(), &number, 8);
  for (std::size_t i = 8; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>(number + i);
  }
  return bytes;
}

std::uint64_t number_of(const Item& item) {
  std::uint64_t number = torn;
  if (item.bytes.size() >= 8) {
    std::memcpy(&number, item.bytes.data(), 8);
  }
  const auto whole = content_of(number % (std::uint64_t{1} << 40));
  return std::ranges::equal(whole, item.bytes.bytes()) ? number : torn;
}

class QueueObject : public Object {
 public:
  explicit QueueObject(Queue queue) : queue_(std::move(queue)), owner_(shm::object::owner_of(::getpid())) {}

  void perform(Operation& operation) override {
    switch (operation.verb) {
      case push:
      case push_two: do_push(operation); break;
      case pop: note(operation, queue_.pop(end_of(operation.in[0]), 1, 0)); break;
      case pop_two: note(operation, queue_.pop(End::front, 2, 0)); break;
      case peek: note(operation, queue_.peek(end_of(operation.in[0]), 1)); break;
      case take:
      case ack:
      case release:
      case touch: do_held(operation); break;
      case len: note_number(operation, queue_.len()); break;
      case stats: do_stats(operation); break;
      default: note_number(operation, queue_.clear()); break;
    }
  }

  // Puts what the dead held in its place. Of several that died since the last change which does that, the object can't
  // tell who died first, so that the model could not either: between two of these moments one dies at most. What is
  // told before and after must be the same.
  State observe(std::span<const int> pids) override {
    const State told = contents(pids);
    const auto settled = queue_.kick({});
    return settled && contents(pids) == told ? told : State{torn};
  }

 protected:
  virtual void do_push(Operation& operation) {
    const auto first = content_of(operation.in[0]);
    const auto second = content_of(operation.in[1]);
    NewItem items[] = {{first, {}, 0, End::back}, {second, {}, 0, End::back}};
    if (operation.verb == push) {
      items[0].priority = static_cast<std::int64_t>(operation.in[1]);
      items[0].end = end_of(operation.in[2]);
    }
    std::vector<std::uint64_t> ids;
    const auto pushed = queue_.push(std::span(&items[0], operation.verb == push ? 1 : 2), 0, ids);
    operation.outcome = pushed ? done : outcome_of(pushed.error());
    for (const std::uint64_t id : ids) {
      if (pushed && id <= last_id_) {
        operation.out.add(torn);  // ids grow
      }
      last_id_ = std::max(last_id_, id);
    }
  }

  template <class Items>
  static void note(Operation& operation, const Items& items) {
    operation.outcome = items ? done : outcome_of(items.error());
    for (std::size_t i = 0; items && i < items->size(); ++i) {
      operation.out.add(number_of((*items)[i]));
    }
  }

  Queue queue_;

 private:
  State contents(std::span<const int> pids) const {
    State state;
    const auto ready = queue_.items(ItemState::ready);
    const auto held = queue_.items(ItemState::held);
    if (!ready || !held) {
      return {torn};
    }
    state.push_back(ready->size());
    for (const auto& item : *ready) {
      state.push_back(number_of(item));
      state.push_back(static_cast<std::uint64_t>(item.priority));
    }
    std::vector<std::array<std::uint64_t, 3>> all;
    for (const auto& item : *held) {
      const auto at = std::find(pids.begin(), pids.end(), static_cast<int>(item.owner.pid));
      all.push_back(
          {number_of(item), static_cast<std::uint64_t>(item.priority), static_cast<std::uint64_t>(at - pids.begin())});
    }
    std::sort(all.begin(), all.end());
    for (const auto& each : all) {
      state.insert(state.end(), each.begin(), each.end());
    }
    return state;
  }

  template <class Number>
  static void note_number(Operation& operation, const Number& number) {
    operation.outcome = number ? done : outcome_of(number.error());
    if (number) {
      operation.out.add(*number);
    }
  }

  void do_stats(Operation& operation) {
    const auto now = queue_.stats();
    operation.outcome = now ? done : outcome_of(now.error());
    if (now) {
      operation.out = {now->ready, now->held, now->delayed, now->buried};
    }
  }

  // A process holds one item at most.
  void do_held(Operation& operation) {
    if (held_id_ == 0) {
      operation.verb = take;
      operation.in = {};
      const auto taken = queue_.take(*owner_, 1, -1, 0);
      note(operation, taken);
      if (taken) {
        held_id_ = taken->front().id;
        held_number_ = operation.out[0];
      }
      return;
    }
    operation.verb = operation.verb == take ? std::uint64_t{ack} : operation.verb;
    operation.in = {held_number_};
    const std::uint64_t id = held_id_;
    const auto act = [&]() -> shm::os::Result<void> {
      switch (operation.verb) {
        case touch: return queue_.touch(id, -1);
        case release: {
          const auto released = queue_.release(id, 0);
          return released ? shm::os::Result<void>() : std::unexpected(released.error());
        }
        default: return queue_.acknowledge(std::span(&id, 1));
      }
    };
    const auto result = act();
    operation.outcome = result ? done : outcome_of(result.error());
    held_id_ = operation.verb == touch && result ? id : 0;
  }

  shm::os::Result<shm::object::Owner> owner_;
  std::uint64_t held_id_ = 0;
  std::uint64_t held_number_ = 0;
  std::uint64_t last_id_ = 0;
};

bool create(const shm::store::Store& store, std::string_view name) {
  QueueLimits limits;
  limits.max_items = most_items;
  return Queue::create(store, name, limits, {}).has_value();
}

void draw(Random& random, std::uint64_t unique, Operation& operation) {
  constexpr Verb usual[] = {push, push, push, push,    push_two, pop,  pop,   pop, pop_two, take,
                            take, ack,  ack,  release, peek,     peek, touch, len, stats};
  operation.verb = random() % 200 == 0 ? clear : usual[random() % std::size(usual)];
  switch (operation.verb) {
    case push: operation.in = {2 * unique, random() % 3 == 0 ? 1U : 0U, random() % 4 == 0 ? 1U : 0U}; break;
    case push_two: operation.in = {2 * unique, 2 * unique + 1}; break;
    case pop:
    case peek: operation.in = {random() % 3 == 0 ? 0U : 1U}; break;
    default: break;
  }
}

constexpr std::uint64_t dead = 64;  // added to a holder whose end was noticed

// The state, taken apart.
struct Model {
  struct Ready {
    std::uint64_t number, priority;
  };
  struct Held {
    std::uint64_t number, priority, process;
  };
  std::vector<Ready> ready;
  std::vector<Held> held;

  explicit Model(const State& state) {
    std::size_t at = 1;
    for (std::uint64_t i = 0; i < state[0] && at + 1 < state.size(); ++i, at += 2) {
      ready.push_back({state[at], state[at + 1]});
    }
    for (; at + 2 < state.size(); at += 3) {
      held.push_back({state[at], state[at + 1], state[at + 2]});
    }
  }
  void write(State& state) {
    std::sort(held.begin(), held.end(), [](const Held& a, const Held& b) { return a.number < b.number; });
    state.assign(1, ready.size());
    for (const auto& item : ready) {
      state.insert(state.end(), {item.number, item.priority});
    }
    for (const auto& item : held) {
      state.insert(state.end(), {item.number, item.priority, item.process});
    }
  }
  void add(Ready item, bool front) {
    const auto at = std::find_if(ready.begin(), ready.end(), [&](const Ready& other) {
      return front ? other.priority <= item.priority : other.priority < item.priority;
    });
    ready.insert(at, item);
  }
  // What these hold is ready again.
  template <class Which>
  void give_back(Which which) {
    for (auto at = held.begin(); at != held.end();) {
      if (which(at->process)) {
        add({at->number, at->priority}, true);
        at = held.erase(at);
      } else {
        ++at;
      }
    }
  }
  // What is held, and by whom, or the end.
  auto find(std::uint64_t number, std::uint64_t process) {
    return std::find_if(held.begin(), held.end(),
                        [&](const Held& item) { return item.number == number && item.process == process; });
  }
};

bool step_ready(Model& model, const Operation& operation) {
  const std::uint64_t wanted = operation.verb == pop_two ? 2 : 1;
  const bool front = operation.verb == pop_two || operation.verb == take || operation.in[0] != 0;
  Numbers out;
  for (std::uint64_t i = 0; i < wanted && !model.ready.empty(); ++i) {
    const auto at = front ? model.ready.begin() : model.ready.end() - 1;
    out.add(at->number);
    if (operation.verb == take) {
      model.held.push_back({at->number, at->priority, operation.process});
    }
    if (operation.verb != peek) {
      model.ready.erase(at);
    }
  }
  return seen(operation, out.count == 0 && operation.verb != peek ? failed(Code::empty) : done, out);
}

bool step_held(Model& model, const Operation& operation) {
  const auto at = model.find(operation.in[0], operation.process);
  if (at == model.held.end()) {
    return seen(operation, failed(Code::absent));
  }
  const auto item = *at;
  if (operation.verb != touch) {
    model.held.erase(at);
  }
  if (operation.verb == release) {
    model.add({item.number, item.priority}, true);
  }
  return seen(operation, done);
}

bool step_model(Model& model, const Operation& operation) {
  const std::uint64_t all = model.ready.size() + model.held.size();
  switch (operation.verb) {
    case noticed:
      for (auto& item : model.held) {
        item.process += item.process == operation.process ? dead : 0;
      }
      return true;
    case death:
      model.give_back([&](std::uint64_t process) { return process % dead == operation.process; });
      return true;
    case push:
    case push_two:
      if (all + (operation.verb == push ? 1 : 2) > most_items) {
        return seen(operation, failed(Code::limit));
      }
      if (operation.verb == push) {
        model.add({operation.in[0], operation.in[1]}, operation.in[2] != 0);
      } else {
        model.add({operation.in[0], 0}, false);
        model.add({operation.in[1], 0}, false);
      }
      return seen(operation, done);
    case pop:
    case pop_two:
    case take:
    case peek: return step_ready(model, operation);
    case ack:
    case release:
    case touch: return step_held(model, operation);
    case len: return seen(operation, done, {model.ready.size()});
    case stats: return seen(operation, done, {model.ready.size(), model.held.size(), 0, 0});
    default:
      model.ready.clear();
      model.held.clear();
      return seen(operation, done, {all});
  }
}

bool step(State& state, const Operation& operation) {
  Model model(state);
  if (operation.verb == peek || operation.verb == len || operation.verb == stats) {
    model.give_back([](std::uint64_t process) { return process >= dead; });
    return step_model(model, operation);
  }
  const bool fits = step_model(model, operation);
  model.write(state);
  return fits;
}

// Says that it has pushed what it has not.
class LosingQueue : public QueueObject {
 public:
  using QueueObject::QueueObject;

 protected:
  void do_push(Operation& operation) override {
    if (operation.in[0] / 2 % 1000 != 999) {
      QueueObject::do_push(operation);
    }
  }
};

// Pops what came last.
class SwappingQueue : public QueueObject {
 public:
  using QueueObject::QueueObject;
  void perform(Operation& operation) override {
    if (operation.verb == pop && ++pops_ % 100 == 0) {
      note(operation, queue_.pop(operation.in[0] != 0 ? End::back : End::front, 1, 0));
    } else {
      QueueObject::perform(operation);
    }
  }

 private:
  std::uint64_t pops_ = 0;
};

// Looks at an item and takes it away in two steps, so that two may get the same.
class DoublingQueue : public QueueObject {
 public:
  using QueueObject::QueueObject;
  void perform(Operation& operation) override {
    if (operation.verb != pop) {
      QueueObject::perform(operation);
      return;
    }
    note(operation, queue_.peek(end_of(operation.in[0]), 1));
    const auto popped = queue_.pop(end_of(operation.in[0]), 1, 0);
    operation.outcome = popped ? operation.outcome : outcome_of(popped.error());
  }
};
}  // namespace

const Kind queue_kind = {"queue", verbs, create, open_as<Queue, QueueObject>, draw, step, true};
const Kind losing_queue = {
    "queue that drops one push in 1000", verbs, create, open_as<Queue, LosingQueue>, draw, step, true};
const Kind swapping_queue = {
    "queue that pops one item in 100 at the wrong end", verbs, create, open_as<Queue, SwappingQueue>, draw, step, true};
const Kind doubling_queue = {
    "queue that pops in two steps", verbs, create, open_as<Queue, DoublingQueue>, draw, step, true};

}  // namespace soak::linear
