#include <array>
#include <cstdlib>
#include <set>
#include <sstream>
#include "soak/commands/workload.hpp"

namespace soak {

namespace {
// One array that all add to: element 0 alone, without a lock, and together with the others, of which the sum is always
// 0. No sum of element 0 is printed twice; at the end it and element 1 are what was acknowledged, and as much more as
// can have come of calls that were killed before they could say so.
class Summing : public Workload {
 public:
  void prepare(Shell& shell) override { shell.call({"array", "create", "totals", "int64", "3"}); }

  void work(Shell& shell, std::size_t worker) override {
    Own& own = own_[worker];
    if (shell.random(5) == 0) {
      const auto numbers = numbers_in(shell.call({"array", "get", "totals", "1", "2"}).output);
      if (numbers.size() == 2 && numbers[0] + numbers[1] != 0) {
        shell.wrong("half of a change was seen: " + std::to_string(numbers[0]) + " and " + std::to_string(numbers[1]));
      }
      return;
    }
    const auto amount = static_cast<std::int64_t>(1 + shell.random(3));
    const std::string text = std::to_string(amount);
    const bool several = shell.random(3) == 0;
    const auto outcome = several ? shell.call({"array", "add", "totals", "0=" + text, "1=" + text, "2=-" + text})
                                 : shell.call({"array", "add", "totals", "0", text});
    if (!outcome.acknowledged()) {
      own.unsaid += amount;
      own.unsaid_together += several ? amount : 0;
      return;
    }
    const auto sums = numbers_in(outcome.output);
    if (sums.empty() || sums[0] <= own.last) {
      shell.wrong("element 0 went back from " + std::to_string(own.last) + " to " + outcome.output);
      return;
    }
    own.acknowledged += amount;
    own.together += several ? amount : 0;
    own.last = sums[0];
    own.sums.push_back(sums[0]);
  }

  void check(Shell& shell) override {
    Own all;
    std::set<std::int64_t> sums;
    for (const auto& own : own_) {
      all.acknowledged += own.acknowledged;
      all.unsaid += own.unsaid;
      all.together += own.together;
      all.unsaid_together += own.unsaid_together;
      for (const std::int64_t sum : own.sums) {
        if (!sums.insert(sum).second) {
          shell.wrong("two additions have the sum " + std::to_string(sum));
        }
      }
    }
    const auto now = numbers_in(shell.call({"array", "get", "totals"}).output);
    if (now.size() != 3 || now[0] < all.acknowledged || now[0] > all.acknowledged + all.unsaid ||
        now[1] < all.together || now[1] > all.together + all.unsaid_together || now[1] + now[2] != 0) {
      std::string seen;
      for (const std::int64_t number : now) {
        seen += std::to_string(number) + " ";
      }
      shell.wrong("the array is " + seen + "; acknowledged is " + std::to_string(all.acknowledged) + ", of that " +
                  std::to_string(all.together) + " together; killed were " + std::to_string(all.unsaid));
    }
  }

 private:
  static std::vector<std::int64_t> numbers_in(const std::string& output) {
    std::vector<std::int64_t> numbers;
    std::istringstream lines(output);
    for (std::int64_t number = 0; lines >> number;) {
      numbers.push_back(number);
    }
    return numbers;
  }
  struct Own {
    std::int64_t acknowledged = 0;
    std::int64_t unsaid = 0;
    std::int64_t together = 0;
    std::int64_t unsaid_together = 0;
    std::int64_t last = 0;
    std::vector<std::int64_t> sums;
  };
  std::array<Own, workers> own_;
};

// A number in a block that all compare and set to one more. Each that was acknowledged has counted once.
class Swapping : public Workload {
 public:
  void prepare(Shell& shell) override { shell.call({"block", "create", "block", "64"}); }

  void work(Shell& shell, std::size_t worker) override {
    const std::string seen = first_line(shell.call({"block", "add64", "block", "8", "0"}).output);
    if (seen.empty()) {
      return;
    }
    const auto next = std::to_string(std::strtoull(seen.c_str(), nullptr, 10) + 1);
    const auto outcome = shell.call({"block", "cas64", "block", "8", seen, next}, {0, 1});
    own_[worker].acknowledged += outcome.acknowledged() ? 1 : 0;
    own_[worker].unsaid += outcome.killed() ? 1 : 0;
  }

  void check(Shell& shell) override {
    std::uint64_t acknowledged = 0;
    std::uint64_t unsaid = 0;
    for (const auto& own : own_) {
      acknowledged += own.acknowledged;
      unsaid += own.unsaid;
    }
    const auto now = std::strtoull(shell.call({"block", "add64", "block", "8", "0"}).output.c_str(), nullptr, 10);
    if (now < acknowledged || now > acknowledged + unsaid) {
      shell.wrong("the block counts " + std::to_string(now) + "; acknowledged is " + std::to_string(acknowledged) +
                  ", killed were " + std::to_string(unsaid));
    }
  }

 private:
  static std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }
  struct Own {
    std::uint64_t acknowledged = 0;
    std::uint64_t unsaid = 0;
  };
  std::array<Own, workers> own_;
};
}  // namespace

std::unique_ptr<Workload> summing() { return std::make_unique<Summing>(); }
std::unique_ptr<Workload> swapping() { return std::make_unique<Swapping>(); }

}  // namespace soak
