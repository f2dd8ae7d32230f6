#include <array>
#include <cstdlib>
#include <set>
#include "soak/commands/workload.hpp"

namespace soak {

namespace {
// A counter that the first of them makes. No sum is printed twice, and at the end it is what was acknowledged, and as
// much more as can have come of calls that were killed before they could say so.
class Counting : public Workload {
 public:
  void work(Shell& shell, std::size_t worker) override {
    Own& own = own_[worker];
    const std::uint64_t amount = 1 + shell.random(3);
    const auto outcome = shell.call({"counter", "incr", "hits", std::to_string(amount)});
    if (!outcome.acknowledged()) {
      own.unsaid += amount;
      return;
    }
    const std::uint64_t sum = std::strtoull(outcome.output.c_str(), nullptr, 10);
    if (sum <= own.last) {
      shell.wrong("the counter went back from " + std::to_string(own.last) + " to " + outcome.output);
    }
    own.acknowledged += amount;
    own.last = sum;
    own.sums.push_back(sum);
  }

  void check(Shell& shell) override {
    std::uint64_t acknowledged = 0;
    std::uint64_t unsaid = 0;
    std::set<std::uint64_t> sums;
    for (const auto& own : own_) {
      acknowledged += own.acknowledged;
      unsaid += own.unsaid;
      for (const std::uint64_t sum : own.sums) {
        if (!sums.insert(sum).second) {
          shell.wrong("two additions have the sum " + std::to_string(sum));
        }
      }
    }
    const std::uint64_t now =
        std::strtoull(shell.call({"counter", "get", "hits", "--default", "0"}).output.c_str(), nullptr, 10);
    if (now < acknowledged || now > acknowledged + unsaid) {
      shell.wrong("the counter is " + std::to_string(now) + "; acknowledged is " + std::to_string(acknowledged) +
                  ", killed were " + std::to_string(unsaid));
    }
  }

 private:
  struct Own {
    std::uint64_t acknowledged = 0;
    std::uint64_t unsaid = 0;
    std::uint64_t last = 0;
    std::vector<std::uint64_t> sums;
  };
  std::array<Own, workers> own_;
};
}  // namespace

std::unique_ptr<Workload> counting() { return std::make_unique<Counting>(); }

}  // namespace soak
