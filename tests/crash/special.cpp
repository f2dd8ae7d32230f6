#include "special.hpp"
#include <algorithm>
#include <memory>
#include <utility>
#include "os/clock.hpp"
#include "raw.hpp"
#include "report.hpp"
#include "state.hpp"
#include "step.hpp"

namespace crash {

using shm::os::Access;
using shm::os::Result;
using shm::segment::count_of;
using shm::segment::generation_of;
using shm::segment::Reader;
using shm::segment::Region;

namespace {
// The writer's instructions between two words of the reader.
constexpr std::uint64_t paces[] = {9, 40, 200, 3, 90, 17, 450, 5, 2, 1};
constexpr std::uint64_t quick_paces[] = {1, 3, 9, 40, 200};

class Race {
 public:
  explicit Race(const Workload& workload) : workload_(workload) {
    Place twin;
    prepare(twin);
    before_ = content(twin);
    must(workload.operation(twin.store())());
    after_ = content(twin);
  }

  void run(std::uint64_t pace) {
    Place live;
    prepare(live);
    Child writer([&]() -> std::function<void()> { return [act = workload_.operation(live.store())] { must(act()); }; });
    bool ended = false;
    const auto region = must(Region::open(live.store(), object_name, Access::read));
    const auto go_on = [&] {
      for (std::uint64_t i = 0; i < pace && !ended; ++i) {
        ended = writer.step() == Child::Step::ended;
      }
    };
    bool happened = false;
    while (!ended) {
      ++figures.races;
      go_on();
      const auto seen =
          region.read([&](const Reader& reader) -> Result<std::string> { return raw::describe(reader, go_on); });
      if (!seen) {
        failure("a reader is refused at pace " + std::to_string(pace) + ": " + text(seen.error()));
        break;
      }
      if (*seen != after_ && (*seen != before_ || happened)) {
        failure("a reader saw at pace " + std::to_string(pace) + ": " + *seen);
        break;
      }
      happened = happened || (*seen == after_ && after_ != before_);
    }
    writer.run_on();
  }

 private:
  void prepare(Place& place) const {
    raw::create(place.store());
    workload_.prepare(place.store());
    place.attach();
  }
  static std::string content(const Place& place) {
    return content_of(place.store(), Access::read, [](const Reader& reader) { return raw::describe(reader); });
  }

  const Workload& workload_;
  std::string before_;
  std::string after_;
};

// A change that is given up, and after it another one. A reader meets it twice at as many entries of the log; in
// between, the words that it reads have other entries.
class Undone {
 public:
  Undone() {
    raw::create(live_.store());
    live_.attach();
    region_ = std::make_unique<Region>(must(Region::open(live_.store(), object_name, Access::read)));
    before_ = must(content({}));
    first_ = generation_of(head());
    writer_ = std::make_unique<Child>([this]() -> std::function<void()> {
      const auto region = std::make_shared<Region>(must(Region::open(live_.store(), object_name, Access::write)));
      return [region] {
        {
          auto abandoned = must(region->begin());
          for (std::size_t i = 0; i < half; ++i) abandoned.set_root(i, 1);
        }
        auto change = must(region->begin());
        for (std::size_t i = half; i < raw::words; ++i) change.set_root(i, 2);
        must(outcome_of(change.commit()));
      };
    });
  }

  /// It begins while the change is made, sees it whole, and ends while it is undone.
  void ends(std::uint64_t entries) {
    std::uint64_t then = 0;
    std::size_t words = 0;
    go_on([&] { return count_of(head()) == entries; });
    read([&] {
      if (words == 0) {
        then = head();
        go_on([&] { return live_.control().root[half - 1] == 1; });
      } else if (words == raw::words) {
        go_on([&] { return head() == then; });
      }
      ++words;
    });
  }

  /// It begins while the change is undone, and ends while the next one is made.
  void begins(std::uint64_t entries) {
    go_on([&] { return generation_of(head()) != first_ && count_of(head()) == entries; });
    read([&, began = false]() mutable {
      if (!std::exchange(began, true)) {
        const std::uint64_t then = head();
        go_on([&] { return head() != then; });
        go_on([&] { return head() == then; });
      }
    });
  }

 private:
  static constexpr std::size_t half = raw::words / 2;

  [[nodiscard]] std::uint64_t head() const { return live_.control().head; }
  template <class Reached>
  void go_on(Reached reached) {
    while (!ended_ && !reached()) ended_ = writer_->step() == Child::Step::ended;
  }
  Result<std::string> content(const std::function<void()>& between) {
    return region_->read([&](const Reader& reader) { return Result<std::string>(raw::describe(reader, between)); });
  }
  void read(const std::function<void()>& between) {
    if (ended_) {
      give_up("the change was not met where it should be");
    }
    ++figures.races;
    const auto seen = content(between);
    go_on([] { return false; });
    writer_->run_on();
    const std::string after = must(content({}));
    if (!seen) {
      failure("a reader is refused: " + text(seen.error()));
    } else if (*seen != before_ && *seen != after) {
      failure("a reader saw " + *seen);
    }
  }

  Place live_;
  std::unique_ptr<Region> region_;
  std::unique_ptr<Child> writer_;
  std::string before_;
  std::uint64_t first_ = 0;
  bool ended_ = false;
};
}  // namespace

void race_checks(const std::vector<std::string>& only, bool quick, std::int64_t until_ns) {
  const auto kind = raw_kind();
  const auto race = [&](const Workload& workload) {
    where = "race/" + workload.name;
    Race both(workload);
    if (quick) {
      for (const auto pace : quick_paces) both.run(pace);
    } else {
      for (const auto pace : paces) {
        if (shm::os::monotonic_ns() < until_ns || !only.empty()) both.run(pace);
      }
    }
  };
  if (only.empty() || std::find(only.begin(), only.end(), "race/undone") != only.end()) {
    where = "race/undone";
    for (const std::uint64_t entries : {2, 3}) {
      Undone().begins(entries);
      Undone().ends(entries);
    }
  }
  for (const auto& workload : kind.workloads) {
    const bool named = std::find(only.begin(), only.end(), "race/" + workload.name) != only.end();
    const bool usual = only.empty() && (workload.name == "twice" || workload.name == "mix" ||
                                        workload.name == "abandon" || workload.name == "grow");
    if (named || usual) {
      race(workload);
    }
  }
}

}  // namespace crash
