#include "special.hpp"
#include <algorithm>
#include "raw.hpp"
#include "report.hpp"
#include "state.hpp"
#include "step.hpp"

namespace crash {

using shm::os::Access;
using shm::os::Result;
using shm::segment::Reader;
using shm::segment::Region;

namespace {
// The writer's instructions between two words of the reader.
constexpr std::uint64_t paces[] = {1, 2, 3, 5, 9, 17, 40, 90, 200, 450};
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
}  // namespace

void race_checks(const std::vector<std::string>& only, bool quick) {
  const auto kind = raw_kind();
  const auto race = [&](const Workload& workload) {
    where = "race/" + workload.name;
    Race both(workload);
    if (quick) {
      for (const auto pace : quick_paces) both.run(pace);
    } else {
      for (const auto pace : paces) both.run(pace);
    }
  };
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
