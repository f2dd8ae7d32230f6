// Kinds whose every change is one atomic word: their workloads show that the harness is told of them, and that a kill
// leaves the old or the new number.
#include <memory>
#include "kinds.hpp"
#include "object/counter.hpp"
#include "object/value.hpp"
#include "report.hpp"
#include "state.hpp"

namespace crash {

using shm::object::Counter;
using shm::object::Scalar;
using shm::object::Type;
using shm::object::Value;
using shm::os::Access;
using shm::store::Store;

namespace {

template <class Object>
std::function<Act(const Store&)> operation(std::function<Outcome(Object&)> act) {
  return [act](const Store& store) -> Act {
    const auto object = std::make_shared<Object>(must(Object::open(store, object_name, Access::write)));
    return [object, act] { return act(*object); };
  };
}

void nothing(const Store&) {}
}  // namespace

Kind counter_kind() {
  Kind kind;
  kind.name = "counter";
  kind.create = [](const Store& store) {
    shm::object::CounterLimits limits;
    limits.max = 100;
    limits.on_limit = shm::object::OnLimit::saturate;
    must(outcome_of(Counter::create(store, object_name, limits, 60, {})));
  };
  kind.content = [](const Store& store, Access access) {
    const auto counter = Counter::open(store, object_name, access);
    return counter ? std::to_string(must(counter->get())) : "error: " + text(counter.error());
  };
  const auto add = [&](const char* name, std::function<Outcome(Counter&)> act) {
    kind.workloads.push_back({name, nothing, operation<Counter>(std::move(act))});
  };
  add("add", [](Counter& counter) { return outcome_of(counter.add(7)); });
  add("saturate", [](Counter& counter) { return outcome_of(counter.add(70)); });
  add("swap", [](Counter& counter) { return outcome_of(counter.swap(9)); });
  return kind;
}

Kind value_kind() {
  Kind kind;
  kind.name = "value";
  kind.create = [](const Store& store) { must(outcome_of(Value::create(store, object_name, {Type::int64, 5}, {}))); };
  kind.content = [](const Store& store, Access access) {
    const auto value = Value::open(store, object_name, access);
    return value ? std::to_string(must(value->get()).bits) : "error: " + text(value.error());
  };
  const auto add = [&](const char* name, std::function<Outcome(Value&)> act) {
    kind.workloads.push_back({name, nothing, operation<Value>(std::move(act))});
  };
  add("set", [](Value& value) { return outcome_of(value.set({Type::int64, 8})); });
  add("add", [](Value& value) { return outcome_of(value.add({Type::int64, 3})); });
  return kind;
}

}  // namespace crash
