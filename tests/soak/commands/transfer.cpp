#include <algorithm>
#include <array>
#include <sstream>
#include "soak/commands/workload.hpp"

namespace soak {

namespace {
// One thing that is somewhere: a number's units, a dict's, the items of a list and of a queue. Changes of several
// objects move some of it from one place to another, and count that; their lines name the objects in any order. Who
// looks at all places in one change finds all of it, always. Plain commands touch the same objects meanwhile.
class Transferring : public Workload {
 public:
  void prepare(Shell& shell) override {
    shell.call({"counter", "create", "from", std::to_string(all), "--min", "0"});
    shell.call({"counter", "create", "to", "--min", "0"});
    for (const auto* kind : {"queue", "list", "dict"}) {
      shell.call({kind, "create", std::string("some-") + kind});
    }
  }

  void work(Shell& shell, std::size_t worker) override {
    Own& own = own_[worker];
    switch (shell.random(8)) {
      case 0:
      case 1: look(shell); break;
      case 2: own.plain += count(shell.call({"counter", "incr", "moves", "1000000"}), own.plain_unsaid); break;
      case 3: touch(shell); break;
      default: {
        const std::size_t from = shell.random(places.size());
        std::size_t to = shell.random(places.size() - 1);
        to += to >= from ? 1 : 0;
        std::vector<std::string> lines = {places[from].take, places[to].give, "counter incr moves"};
        for (std::size_t i = lines.size() - 1; i > 0; --i) {
          std::swap(lines[i], lines[shell.random(i + 1)]);
        }
        const auto outcome = atomically(shell, lines, {0, 1, 3});
        if (outcome.status > 0) {  // nothing to take, or no room
          break;
        }
        own.moved += count(outcome, own.moved_unsaid);
      }
    }
  }

  void check(Shell& shell) override {
    look(shell);
    std::uint64_t sums[4] = {};
    for (const auto& own : own_) {
      sums[0] += own.moved;
      sums[1] += own.moved_unsaid;
      sums[2] += own.plain;
      sums[3] += own.plain_unsaid;
    }
    const std::uint64_t now = std::stoull(shell.call({"counter", "get", "moves", "--default", "0"}).output);
    const std::uint64_t moved = now % 1'000'000;
    const std::uint64_t plain = now / 1'000'000;
    if (moved < sums[0] || moved > sums[0] + sums[1] || plain < sums[2] || plain > sums[2] + sums[3]) {
      shell.wrong("counted " + std::to_string(now) + "; acknowledged " + std::to_string(sums[0]) + " and " +
                  std::to_string(sums[2]) + ", killed " + std::to_string(sums[1]) + " and " + std::to_string(sums[3]));
    }
  }

 private:
  static constexpr std::uint64_t all = 40;
  struct Place {
    std::string take;
    std::string give;
    std::string look;
  };
  const std::array<Place, 5> places = {{
      {"counter decr from", "counter incr from", "counter get from"},
      {"counter decr to", "counter incr to", "counter get to"},
      {"queue pop some-queue", "queue push some-queue x", "queue len some-queue"},
      {"list pop some-list", "list append some-list x", "list len some-list"},
      {"dict getdel some-dict one", "dict set some-dict one=1 --new", "dict len some-dict"},
  }};
  struct Own {
    std::uint64_t moved = 0;
    std::uint64_t moved_unsaid = 0;
    std::uint64_t plain = 0;
    std::uint64_t plain_unsaid = 0;
  };

  static std::uint64_t count(const Outcome& outcome, std::uint64_t& unsaid) {
    unsaid += outcome.acknowledged() ? 0 : 1;
    return outcome.acknowledged() ? 1 : 0;
  }
  static Outcome atomically(Shell& shell, const std::vector<std::string>& lines, std::initializer_list<int> usual) {
    std::string text;
    for (const auto& line : lines) {
      text += line + "\n";
    }
    return shell.call({"exec", "--atomic"}, usual, text);
  }

  void look(Shell& shell) const {
    std::vector<std::string> lines;
    for (const auto& place : places) {
      lines.push_back(place.look);
    }
    std::rotate(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(shell.random(lines.size())), lines.end());
    const auto outcome = atomically(shell, lines, {0});
    if (!outcome.acknowledged()) {
      return;
    }
    std::istringstream numbers(outcome.output);
    std::uint64_t sum = 0;
    for (std::uint64_t number = 0; numbers >> number;) {
      sum += number;
    }
    if (sum != all) {
      shell.wrong("of " + std::to_string(all) + " there are " + std::to_string(sum) + ": " + outcome.output);
    }
  }

  static void touch(Shell& shell) {
    switch (shell.random(5)) {
      case 0: shell.call({"counter", "incr", "from", "0"}); break;
      case 1: shell.call({"list", "reverse", "some-list"}); break;
      case 2: shell.call({"queue", "peek", "some-queue"}, {0, 1}); break;
      case 3: shell.call({"stat", "from"}); break;
      default: shell.call({"ls"});
    }
  }

  std::array<Own, workers> own_;
};
}  // namespace

std::unique_ptr<Workload> transferring() { return std::make_unique<Transferring>(); }

}  // namespace soak
