// Arrays, small enough that several elements share a word and their type's limits are met.
#include "object/array.hpp"
#include <vector>
#include "soak/linear/objects.hpp"

namespace soak::linear {

namespace {
using shm::object::Array;
using shm::object::Bits;
using shm::object::Element;
using shm::os::Code;
using Operation_ = Array::Operation;

constexpr std::uint64_t elements = 3;
constexpr std::int64_t most = 127;  // of int8

std::int64_t signed_of(std::uint64_t number) { return static_cast<std::int64_t>(number); }
std::int64_t element_of(Bits bits) { return static_cast<std::int8_t>(bits); }
std::uint64_t bits_of(std::int64_t number) { return static_cast<std::uint64_t>(number); }
Bits as_element(std::uint64_t number) { return number & 0xff; }

constexpr std::string_view verbs[] = {"get", "set", "add", "swap", "cas", "max", "add-several", "fill"};
enum Verb : std::uint8_t { get, set, add, swap, cas, max, add_several, fill };

class ArrayObject : public Object {
 public:
  explicit ArrayObject(Array array) : array_(std::move(array)) {}
  void perform(Operation& operation) override {
    const std::uint64_t place = operation.in[0];
    switch (operation.verb) {
      case get: note(operation, array_.get(place)); break;
      case set: change(operation, Operation_::set, false); break;
      case add: change(operation, Operation_::add, false); break;
      case max: change(operation, Operation_::max, false); break;
      case swap: note(operation, array_.swap(place, as_element(operation.in[1]))); break;
      case cas:
        note_done(operation, array_.compare_and_set(place, as_element(operation.in[1]), as_element(operation.in[2])));
        break;
      case add_several: change(operation, Operation_::add, true); break;
      default: {
        const Bits number = as_element(operation.in[0]);
        note_done(operation, array_.set({0, elements}, std::span(&number, 1)));
        break;
      }
    }
  }
  State observe(std::span<const int> /*pids*/) override {
    State state;
    for (std::uint64_t place = 0; place < elements; ++place) {
      state.push_back(bits_of(element_of(array_.get(place).value_or(0))));
    }
    return state;
  }

 protected:
  static void note(Operation& operation, const shm::os::Result<Bits>& result) {
    operation.outcome = result ? done : outcome_of(result.error());
    if (result) {
      operation.out.add(bits_of(element_of(*result)));
    }
  }
  static void note_done(Operation& operation, const shm::os::Result<void>& result) {
    operation.outcome = result ? done : outcome_of(result.error());
  }
  // Of several, the number is added to the first, and taken from the second.
  static std::vector<Array::Step> steps_of(const Operation& operation, Operation_ what, bool several) {
    const auto step = [&](std::uint64_t place, std::int64_t number) {
      const Bits bits = what == Operation_::add ? bits_of(number) : as_element(bits_of(number));
      return Array::Step{place, {bits, number < 0}};
    };
    if (!several) {
      return {step(operation.in[0], signed_of(operation.in[1]))};
    }
    return {step(operation.in[0], signed_of(operation.in[2])), step(operation.in[1], -signed_of(operation.in[2]))};
  }
  void change(Operation& operation, Operation_ what, bool several) {
    const auto steps = steps_of(operation, what, several);
    std::vector<Bits> results(steps.size());
    note_done(operation, array_.change(what, steps, results));
    for (const Bits result : results) {
      if (operation.outcome == done) {
        operation.out.add(bits_of(element_of(result)));
      }
    }
  }

  Array array_;
};

bool create(const shm::store::Store& store, std::string_view name) {
  return Array::create(store, name, Element::int8, elements, {}).has_value();
}

void draw(Random& random, std::uint64_t /*unique*/, Operation& operation) {
  constexpr Verb usual[] = {get,  get, get, get,         add,         add,         add, set,
                            swap, cas, max, add_several, add_several, add_several, fill};
  operation.verb = usual[random() % std::size(usual)];
  const auto number = [&] { return bits_of(static_cast<std::int64_t>(random() % 5) * 40 - 80); };
  if (operation.verb != fill) {
    operation.in.add(random() % elements);
  }
  if (operation.verb == add_several) {
    operation.in.add((operation.in[0] + 1) % elements);
  }
  if (operation.verb != get) {
    operation.in.add(number());
  }
  if (operation.verb == cas) {
    operation.in.add(number());
  }
}

bool fits(std::int64_t number) { return number >= -most - 1 && number <= most; }

bool step(State& state, const Operation& operation) {
  const auto& in = operation.in;
  if (operation.verb == fill) {
    state.assign(elements, in[0]);
    return seen(operation, done);
  }
  std::uint64_t& element = state[in[0]];
  const std::int64_t before = signed_of(element);
  switch (operation.verb) {
    case get: return seen(operation, done, {element});
    case set: element = in[1]; return seen(operation, done, {element});
    case swap: element = in[1]; return seen(operation, done, {bits_of(before)});
    case max: element = bits_of(std::max(before, signed_of(in[1]))); return seen(operation, done, {element});
    case cas:
      if (element != in[1]) {
        return seen(operation, failed(Code::lost));
      }
      element = in[2];
      return seen(operation, done);
    case add:
      if (!fits(before + signed_of(in[1]))) {
        return seen(operation, failed(Code::range));
      }
      element += in[1];
      return seen(operation, done, {element});
    default: {
      std::uint64_t& other = state[in[1]];
      if (!fits(before + signed_of(in[2])) || !fits(signed_of(other) - signed_of(in[2]))) {
        return seen(operation, failed(Code::range));
      }
      element += in[2];
      other -= in[2];
      return seen(operation, done, {element, other});
    }
  }
}

// Adds to one after the other.
class HastyArray : public ArrayObject {
 public:
  using ArrayObject::ArrayObject;
  void perform(Operation& operation) override {
    if (operation.verb != add_several) {
      ArrayObject::perform(operation);
      return;
    }
    for (const auto& each : steps_of(operation, Operation_::add, true)) {
      Bits result = 0;
      note_done(operation, array_.change(Operation_::add, std::span(&each, 1), std::span(&result, 1)));
      if (operation.outcome != done) {
        return;
      }
      operation.out.add(bits_of(element_of(result)));
    }
  }
};
}  // namespace

const Kind array_kind = {"array", verbs, create, open_as<Array, ArrayObject>, draw, step};
const Kind hasty_array = {
    "array that changes several one by one", verbs, create, open_as<Array, HastyArray>, draw, step};

}  // namespace soak::linear
