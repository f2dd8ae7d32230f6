// Counters with limits, and values of one word.
#include "object/counter.hpp"
#include "object/value.hpp"
#include "soak/linear/objects.hpp"

namespace soak::linear {

namespace {
using shm::object::Counter;
using shm::object::CounterLimits;
using shm::object::Scalar;
using shm::object::Value;
using shm::os::Access;
using shm::os::Code;

constexpr std::int64_t most = 20;  // near enough to be met

std::int64_t signed_of(std::uint64_t number) { return static_cast<std::int64_t>(number); }
std::uint64_t bits_of(std::int64_t number) { return static_cast<std::uint64_t>(number); }

void note(Operation& operation, const shm::os::Result<std::int64_t>& result) {
  operation.outcome = result ? done : outcome_of(result.error());
  if (result) {
    operation.out.add(bits_of(*result));
  }
}

constexpr std::string_view counter_verbs[] = {"add", "get", "set", "swap", "cas", "max", "min", "reset"};
enum CounterVerb : std::uint8_t { c_add, c_get, c_set, c_swap, c_cas, c_max, c_min, c_reset };

class CounterObject : public Object {
 public:
  explicit CounterObject(Counter counter) : counter_(std::move(counter)) {}
  void perform(Operation& operation) override {
    const std::int64_t number = signed_of(operation.in[0]);
    switch (operation.verb) {
      case c_add: note(operation, counter_.add(number)); break;
      case c_get: note(operation, counter_.get()); break;
      case c_set: note(operation, counter_.set(number)); break;
      case c_swap: note(operation, counter_.swap(number)); break;
      case c_cas: note(operation, counter_.compare_and_set(number, signed_of(operation.in[1]))); break;
      case c_max: note(operation, counter_.raise_to(number)); break;
      case c_min: note(operation, counter_.lower_to(number)); break;
      default: note(operation, counter_.reset()); break;
    }
  }
  State observe(std::span<const int> /*pids*/) override { return {bits_of(*counter_.get())}; }

 protected:
  Counter counter_;
};

bool create_counter(const shm::store::Store& store, std::string_view name) {
  CounterLimits limits;
  limits.min = 0;
  limits.max = most;
  limits.start = 7;
  return Counter::create(store, name, limits, limits.start, {}).has_value();
}

void draw_counter(Random& random, std::uint64_t /*unique*/, Operation& operation) {
  constexpr CounterVerb usual[] = {c_add, c_add, c_add,  c_add, c_get, c_get,  c_cas,
                                   c_cas, c_set, c_swap, c_max, c_min, c_reset};
  operation.verb = usual[random() % std::size(usual)];
  const auto number = random() % (most + 1);
  if (operation.verb == c_add) {
    operation.in.add(bits_of(static_cast<std::int64_t>(random() % 9) - 4));
  } else if (operation.verb != c_get && operation.verb != c_reset) {
    operation.in.add(number);
  }
  if (operation.verb == c_cas) {
    operation.in.add(random() % (most + 1));
  }
}

bool step_counter(State& state, const Operation& operation) {
  const std::int64_t before = signed_of(state[0]);
  const std::int64_t number = signed_of(operation.in[0]);
  std::int64_t after = before;
  switch (operation.verb) {
    case c_add: after = before + number; break;
    case c_get: break;
    case c_set:
    case c_swap: after = number; break;
    case c_cas:
      if (before != number) {
        return seen(operation, failed(Code::lost));
      }
      after = signed_of(operation.in[1]);
      break;
    case c_max: after = std::max(before, number); break;
    case c_min: after = std::min(before, number); break;
    default: after = 7; break;
  }
  if (after < 0 || after > most) {
    return seen(operation, failed(Code::range));
  }
  state[0] = bits_of(after);
  return seen(operation, done, {bits_of(operation.verb == c_swap ? before : after)});
}

constexpr std::string_view value_verbs[] = {"get", "set", "swap", "cas", "add"};
enum ValueVerb : std::uint8_t { v_get, v_set, v_swap, v_cas, v_add };

class ValueObject : public Object {
 public:
  explicit ValueObject(Value value) : value_(std::move(value)) {}
  void perform(Operation& operation) override {
    const Scalar number = Scalar::of(signed_of(operation.in[0]));
    const auto note_scalar = [&](const shm::os::Result<Scalar>& result) {
      note(operation, result ? shm::os::Result<std::int64_t>(result->as_int()) : std::unexpected(result.error()));
    };
    const auto note_done = [&](const shm::os::Result<void>& result) {
      operation.outcome = result ? done : outcome_of(result.error());
    };
    switch (operation.verb) {
      case v_get: note_scalar(value_.get()); break;
      case v_set: note_done(value_.set(number)); break;
      case v_swap: note_scalar(value_.swap(number)); break;
      case v_cas: note_done(value_.compare_and_set(number, Scalar::of(signed_of(operation.in[1])))); break;
      default: note_scalar(value_.add(number)); break;
    }
  }
  State observe(std::span<const int> /*pids*/) override { return {value_.get()->bits}; }

 private:
  Value value_;
};

bool create_value(const shm::store::Store& store, std::string_view name) {
  return Value::create(store, name, Scalar::of(1), {}).has_value();
}

void draw_value(Random& random, std::uint64_t /*unique*/, Operation& operation) {
  constexpr ValueVerb usual[] = {v_get, v_get, v_set, v_swap, v_cas, v_cas, v_cas, v_add};
  operation.verb = usual[random() % std::size(usual)];
  if (operation.verb != v_get) {
    operation.in.add(random() % 6);
  }
  if (operation.verb == v_cas) {
    operation.in.add(random() % 6);
  }
}

bool step_value(State& state, const Operation& operation) {
  const std::uint64_t before = state[0];
  switch (operation.verb) {
    case v_get: return seen(operation, done, {before});
    case v_set: state[0] = operation.in[0]; return seen(operation, done);
    case v_swap: state[0] = operation.in[0]; return seen(operation, done, {before});
    case v_cas:
      if (before != operation.in[0]) {
        return seen(operation, failed(Code::lost));
      }
      state[0] = operation.in[1];
      return seen(operation, done);
    default: state[0] += operation.in[0]; return seen(operation, done, {state[0]});
  }
}

// Adds as a shell script would that knows no `incr`.
class ForgetfulCounter : public CounterObject {
 public:
  using CounterObject::CounterObject;
  void perform(Operation& operation) override {
    if (operation.verb != c_add) {
      CounterObject::perform(operation);
      return;
    }
    note(operation, counter_.set(*counter_.get() + signed_of(operation.in[0])));
  }
};

// Remembers what it has read.
class StaleValue : public ValueObject {
 public:
  using ValueObject::ValueObject;
  void perform(Operation& operation) override {
    ValueObject::perform(operation);
    if (operation.verb == v_get) {
      if (++reads_ % 100 == 0) {
        operation.out = last_;
      }
      last_ = operation.out;
    }
  }

 private:
  Numbers last_;
  std::uint64_t reads_ = 0;
};
}  // namespace

const Kind counter_kind = {"counter",    counter_verbs, create_counter, open_as<Counter, CounterObject>,
                           draw_counter, step_counter};
const Kind value_kind = {"value", value_verbs, create_value, open_as<Value, ValueObject>, draw_value, step_value};
const Kind forgetful_counter = {"counter that adds in two steps",   counter_verbs, create_counter,
                                open_as<Counter, ForgetfulCounter>, draw_counter,  step_counter};
const Kind stale_value = {"value of which one read in 100 is old",
                          value_verbs,
                          create_value,
                          open_as<Value, StaleValue>,
                          draw_value,
                          step_value};

}  // namespace soak::linear
