// Workloads of a kind of objects that is tried by one operation after some others. For the entries of the kinds.
#pragma once
#include <memory>
#include "kinds.hpp"
#include "state.hpp"

namespace crash {

template <class Object>
using StepOf = std::function<Outcome(Object&)>;

/// The step is refused with that code, and does on its way what every operation does.
template <class Object>
StepOf<Object> refused_step(shm::os::Code with, StepOf<Object> step) {
  return [=](Object& object) -> Outcome {
    const auto outcome = step(object);
    if (!outcome) {
      return shm::os::fail(shm::os::Code::system, "try", object_name, "it should be refused");
    }
    return outcome->code == with ? Outcome() : outcome;
  };
}

/// `act` on an object that the steps of `before` have made what it is. `again`: as in Workload.
template <class Object>
Workload workload_of(std::string name, std::vector<StepOf<Object>> before, StepOf<Object> act, bool quick,
                     bool again = true) {
  using shm::os::Access;
  const auto prepare = [before = std::move(before)](const shm::store::Store& store) {
    Object object = must(Object::open(store, object_name, Access::write));
    for (const auto& step : before) {
      must(step(object));
    }
  };
  const auto operation = [act = std::move(act)](const shm::store::Store& store) -> Act {
    auto opened = Object::open(store, object_name, Access::write);
    if (!opened) {
      return [error = opened.error()] { return Outcome(error); };
    }
    return [object = std::make_shared<Object>(std::move(*opened)), act] { return act(*object); };
  };
  return {std::move(name), prepare, operation, again, quick};
}

/// The removal of an object that is changed by transactions.
inline std::function<Act(const shm::store::Store&)> removal() {
  using shm::segment::Region;
  return [](const shm::store::Store& store) -> Act {
    auto opened = Region::open(store, object_name, shm::os::Access::write);
    if (!opened) {
      return [error = opened.error()] { return Outcome(error); };
    }
    return [region = std::make_shared<Region>(std::move(*opened))]() -> Outcome {
      auto change = region->begin();
      return change ? outcome_of(change->remove()) : Outcome(change.error());
    };
  };
}

}  // namespace crash
