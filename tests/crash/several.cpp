// Changes of several objects, stepped through as Trial does it with one: whenever the store is killed in a state, all
// of its objects are as before the change or all are as after it, for whoever reads and for whoever recovers them, in
// whatever order. See several.hpp.
#include "several.hpp"
#include <algorithm>
#include <random>
#include "audit.hpp"
#include "os/clock.hpp"
#include "raw.hpp"
#include "report.hpp"
#include "segment/cell.hpp"
#include "segment/free_name.hpp"
#include "segment/workspace.hpp"
#include "several_place.hpp"
#include "several_workloads.hpp"
#include "state.hpp"
#include "step.hpp"

namespace crash {

using shm::os::Access;
using shm::os::Code;
using shm::segment::Region;
using shm::segment::Segment;
using shm::segment::Workspace;
using shm::store::Store;
using Changes = Workspace::Changes;

namespace {
class SeveralTrial {
 public:
  SeveralTrial(const SeveralWorkload& workload, bool quick, std::int64_t until_ns)
      : workload_(workload), quick_(quick), until_ns_(until_ns) {}

  void run() {
    prepare_several(live_.store());
    live_.look_around();
    const StoreState start = live_.state();
    before_ = content(live_.store());
    copy_.load(start);
    must(operate(copy_.store()));
    after_ = content(copy_.store());
    if ((after_ != before_) != workload_.happens) {
      wrong("not even killed: it becomes " + after_);
    }
    const auto states = step_through(live_, [this] { must(operate(live_.store())); }, true);
    if (content(live_.store()) != after_) {
      wrong("its end is " + content(live_.store()) + " and should be " + after_);
    }
    const auto end = live_.state();
    for (const auto& [name, bytes] : end) {
      if (!start.contains(name) && !belongs(name)) {
        wrong("it leaves " + name);
      }
    }
    interrupt_recoveries(states);
  }

 private:
  struct Expected {
    StoreState state;
    std::string content;
  };

  Outcome operate(const Store& store) const {
    Workspace workspace(Changes::several);
    return workload_.act(store, workspace);
  }
  // What the change has made, and the lock files, all of which come with objects or with their first change.
  [[nodiscard]] bool belongs(const std::string& name) const {
    const auto object = std::find(several_objects.begin(), several_objects.end(), name);
    return object != several_objects.end()
               ? content(live_.store(), name, Access::read) != absent
               : name.starts_with(",lock,") && content(live_.store(), "made", Access::read) != absent;
  }
  void wrong(const std::string& what) const { failure("state " + std::to_string(states_) + ": " + what); }

  // Looks at each state that the store has been in while `act` was done; returns those in the middle of a change.
  std::vector<Expected> step_through(StorePlace& at, const std::function<void()>& act, bool maker,
                                     const std::string& recovered = {}) {
    std::vector<Expected> middle;
    Child child([&]() -> std::function<void()> { return act; });
    at.look_around();
    StoreState now;
    bool happened = false;
    const auto see = [&] {
      now = at.state();
      check_words(at.store());
      std::string seen = content(at.store());  // by one who may only read, while the maker is stopped
      if (maker) {
        happened = happened || (seen == after_ && after_ != before_);
        if (seen != (happened ? after_ : before_)) {
          wrong("read while its maker is stopped, as " + seen);
        }
      } else if (seen != recovered) {
        wrong("read while somebody recovers it, as " + seen + " and not " + recovered);
      }
      // Killed now, who has to decide is gone: what was said once stays.
      if (maker || ++recovery_states_ % (quick_ ? 7 : 3) == 0) {
        check(now, maker ? seen : recovered);
      }
      if (maker) {
        middle.push_back({now, seen});
        if (workload_.happens && middle.size() % (quick_ ? 3 : 7) == 0) {
          meddle();
          at.look_around();
          now = at.state();
        }
      }
    };
    see();
    for (;;) {
      const auto step = child.step();
      if (step == Child::Step::call) {
        at.look_around();
      }
      if (step != Child::Step::repeated && at.differs(now)) {
        see();
      }
      if (step == Child::Step::ended) {
        child.run_on();
        return middle;
      }
    }
  }

  // The maker lives: whoever comes by and does not wait must leave all as it is, or is to be.
  void meddle() const {
    for (const auto& name : several_objects) {
      (void)shm::segment::free_name(live_.store(), name, 0);
    }
  }

  // What must hold in any state.
  void check_words(const Store& store) const {
    for (const auto& name : several_objects) {
      if (const auto region = is_region(name) ? Region::open(store, name, Access::read)
                                              : shm::os::Result<Region>(std::unexpected(shm::os::Error()))) {
        const auto& control = shm::segment::Inspector::memory(*region).control();
        if (control.lock == 0 && (control.joined != 0 || shm::segment::count_of(control.head) != 0)) {
          wrong("the lock of " + name + " is free in the middle of a change");
        }
      }
    }
  }

  // Nobody alive has made it: it reads as expected, and as one after the other of its objects is recovered.
  void check(const StoreState& state, const std::string& expected) {
    ++figures.states;
    ++states_;
    copy_.load(state);
    if (const auto seen = content(copy_.store()); seen != expected) {
      wrong("read before recovery as " + seen + " and not " + expected);
    }
    if (states_ % 3 == 0) {  // by one who wants them all
      Workspace workspace(Changes::several);
      const auto seen = content(copy_.store());
      if (seen != expected || !workspace.commit()) {
        wrong("read in one change as " + seen + " and not " + expected);
      }
    } else {
      recover(copy_.store(), expected, true);
    }
    check_recovered(expected);
    if (states_ % 5 == 0) {
      check_again(state, expected);
    }
  }

  // Each object by its next writer, in an order of chance.
  void recover(const Store& store, const std::string& expected, bool look) {
    auto order = several_objects;
    std::shuffle(order.begin(), order.end(), random_);
    for (const auto& name : order) {
      recover_one(store, name);
      if (look) {
        if (const auto seen = content(store); seen != expected) {
          wrong("after the recovery of " + name + ", read as " + seen + " and not " + expected);
        }
      }
    }
  }
  void recover_one(const Store& store, const std::string& name) const {
    Outcome done;
    if (is_region(name)) {
      auto region = Region::open(store, name, Access::write);
      done = region ? outcome_of(region->begin()) : Outcome(region.error());
    } else {
      done = add(store, name, 0);
    }
    if (done && done->code != Code::absent) {
      wrong(name + " can't be recovered: " + text(*done));
    }
  }

  // After that nobody needs the record any more, and no trace of the change is left.
  void check_recovered(const std::string& expected) {
    const auto& store = copy_.store();
    copy_.remove_records();
    if (const auto seen = content(store); seen != expected) {
      wrong("without the record, read as " + seen + " and not " + expected);
    }
    for (const auto& name : several_objects) {
      if (is_region(name)) {
        if (const auto region = Region::open(store, name, Access::read)) {
          const auto& control = shm::segment::Inspector::memory(*region).control();
          if (control.joined != 0 || shm::segment::count_of(control.head) != 0 || control.removed != 0 ||
              control.lock != 0) {
            wrong("recovered, " + name + " still knows of the change");
          }
        }
      } else if (content(store, name, Access::read) != absent) {
        const auto segment = must(Segment::open(store, name, Access::read, Segment::one_page));
        const auto& words = *reinterpret_cast<const shm::segment::CellWords*>(segment.payload());
        if (!shm::segment::is_count(words.tag) || words.unborn != 0) {
          wrong("recovered, " + name + " still knows of the change");
        }
      }
    }
    if (auto bad = audit(store, raw_kind()); !bad.empty()) {
      wrong("recovered: " + bad);
    }
  }

  // By the next one who wants it, who finds the state as it is.
  void check_again(const StoreState& state, const std::string& expected) {
    copy_.load(state);
    if (expected == before_) {
      must(operate(copy_.store()));
      if (const auto seen = content(copy_.store()); seen != after_) {
        wrong("done again, it is " + seen + " and not " + after_);
      }
    }
    for (const std::string name : {"made", "made-number"}) {
      if (content(copy_.store(), name, Access::read) == absent) {
        const auto freed = shm::segment::free_name(copy_.store(), name);
        if (!freed || !*freed) {
          wrong("the name of " + name + ", which is not there, can't be had");
        }
      }
    }
    recover(copy_.store(), content(copy_.store()), false);
    check_recovered(content(copy_.store()));
  }

  void interrupt_recoveries(const std::vector<Expected>& states) {
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < states.size(); ++i) {
      chosen.push_back(i);
    }
    std::shuffle(chosen.begin(), chosen.end(), random_);
    chosen.resize(std::min<std::size_t>(chosen.size(), quick_ ? 4 : 16));
    for (const std::size_t i : chosen) {
      if (until_ns_ != 0 && i != chosen.front() && shm::os::monotonic_ns() > until_ns_) {
        break;
      }
      ++figures.recoveries;
      recovering_.load(states[i].state);
      step_through(recovering_, [&] { recover(recovering_.store(), {}, false); }, false, states[i].content);
    }
  }

  const SeveralWorkload& workload_;
  const bool quick_;
  const std::int64_t until_ns_;
  std::mt19937_64 random_{1};
  StorePlace live_;
  StorePlace copy_;
  StorePlace recovering_;
  std::string before_;
  std::string after_;
  std::uint64_t states_ = 0;
  std::uint64_t recovery_states_ = 0;
};
}  // namespace

void several_checks(const std::vector<std::string>& only, bool quick, std::size_t part, std::size_t parts,
                    std::int64_t until_ns) {
  std::size_t number = 0;
  for (const auto& workload : several_workloads()) {
    where = "several/" + workload.name;
    const bool named = std::find(only.begin(), only.end(), where) != only.end() ||
                       std::find(only.begin(), only.end(), "several") != only.end();
    if ((named || (only.empty() && !quick)) && number++ % parts == part) {
      SeveralTrial(workload, quick, named ? 0 : until_ns).run();
    }
  }
}

}  // namespace crash
