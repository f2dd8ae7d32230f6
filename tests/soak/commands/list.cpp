// A list that all workers change, at both ends and in the middle.
#include <array>
#include <set>
#include "soak/commands/workload.hpp"

namespace soak {

namespace {
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end == std::string::npos ? text.size() : end + 1;
  }
  return lines;
}

// Items come and go; none is there twice, and only as many are missing as killed calls may have taken away.
class Listing : public Workload {
 public:
  void work(Shell& shell, std::size_t worker) override {
    Own& own = own_[worker];
    switch (shell.random(8)) {
      case 0:
      case 1:
      case 2: add(shell, worker); break;
      case 3:
      case 4: pop(shell, own); break;
      case 5: remove(shell, own); break;
      case 6: look(shell); break;
      default:
        if (shell.random(8) == 0) {
          const auto order = shell.random(2) == 0 ? "sort" : "reverse";
          shell.call({"list", order, "row"}, {0, 1});
        } else {
          replace(shell, worker);
        }
    }
  }

  void check(Shell& shell) override {
    std::set<std::string> known;
    std::set<std::string> missing;
    std::uint64_t may_be_gone = 0;
    for (const auto& own : own_) {
      known.insert(own.added.begin(), own.added.end());
      missing.insert(own.acknowledged.begin(), own.acknowledged.end());
      may_be_gone += own.may_be_gone;
    }
    for (const auto& own : own_) {
      for (const auto& item : own.gone) {
        take(shell, item, known, missing);
      }
    }
    const auto rest = lines_of(shell.call({"list", "get", "row"}, {0, 1}).output);
    for (const auto& item : rest) {
      take(shell, item, known, missing);
    }
    const auto length = shell.call({"list", "len", "row"}, {0, 1});
    if (length.acknowledged() && length.output != std::to_string(rest.size()) + "\n") {
      shell.wrong("a list is not as long as it says");
    }
    if (missing.size() > may_be_gone) {
      shell.wrong(std::to_string(missing.size()) + " items of a list are lost; killed calls explain " +
                  std::to_string(may_be_gone) + " at most");
    }
  }

 private:
  struct Own {
    std::uint64_t number = 0;
    std::set<std::string> added;  // or would have been, by a killed call
    std::set<std::string> acknowledged;
    std::vector<std::string> gone;  // taken away, as the program says
    std::uint64_t may_be_gone = 0;
  };

  static void take(Shell& shell, const std::string& item, std::set<std::string>& known,
                   std::set<std::string>& missing) {
    if (known.erase(item) == 0) {
      shell.wrong("an item of a list came twice, or was never added: " + item.substr(0, 60));
    }
    missing.erase(item);
  }

  std::vector<std::string> fresh(Shell& shell, std::size_t worker) {
    std::vector<std::string> items;
    for (std::uint64_t i = shell.random(10) == 0 ? 300 : shell.random(3) + 1; i > 0; --i) {
      const std::uint64_t size = shell.random(20) == 0 ? shell.random(3000) : shell.random(12);
      items.push_back(std::to_string(worker) + "." + std::to_string(++own_[worker].number) + ":" +
                      std::string(size, 'i'));
    }
    return items;
  }

  void add(Shell& shell, std::size_t worker) {
    const auto items = fresh(shell, worker);
    std::vector<std::string> words = {"list", "append", "row"};
    const auto where = shell.random(3);
    if (where == 0) {
      words = {"list", "insert", "row", std::to_string(static_cast<std::int64_t>(shell.random(600)) - 300)};
    } else if (where == 1) {
      words.emplace_back("--front");
    }
    std::string lines;
    for (const auto& item : items) {
      lines += item + "\n";
    }
    words.emplace_back("-");
    Own& own = own_[worker];
    const auto outcome = shell.call(words, {0}, lines);
    own.added.insert(items.begin(), items.end());
    if (outcome.acknowledged()) {
      own.acknowledged.insert(items.begin(), items.end());
    }
  }

  static void pop(Shell& shell, Own& own) {
    const std::uint64_t count = shell.random(4) == 0 ? 500 : shell.random(3) + 1;
    std::vector<std::string> words = {"list", "pop", "row"};
    const bool one = shell.random(3) == 0;
    if (one) {
      words.push_back(std::to_string(static_cast<std::int64_t>(shell.random(200)) - 100));
    } else {
      words.insert(words.end(), {"--count", std::to_string(count)});
      if (shell.random(2) == 0) {
        words.emplace_back("--front");
      }
    }
    const auto outcome = shell.call(words, {0, 1});
    own.may_be_gone += outcome.killed() ? (one ? 1 : count) : 0;
    const auto popped = lines_of(outcome.output);
    own.gone.insert(own.gone.end(), popped.begin(), popped.end());
  }

  static void remove(Shell& shell, Own& own) {
    const auto seen = lines_of(shell.call({"list", "get", "row", std::to_string(shell.random(50))}, {0, 1}).output);
    if (seen.size() != 1) {
      return;
    }
    const auto outcome = shell.call({"list", "remove", "row", seen[0]}, {0, 1});
    own.may_be_gone += outcome.killed() ? 1 : 0;
    if (outcome.acknowledged()) {
      own.gone.push_back(seen[0]);
    }
  }

  // An empty slice in the place of which some come: as an insertion, by other means.
  void replace(Shell& shell, std::size_t worker) {
    const auto items = fresh(shell, worker);
    const std::string at = std::to_string(shell.random(100));
    std::vector<std::string> words = {"list", "set", "row", at + ":" + at};
    words.insert(words.end(), items.begin(), items.end());
    const auto outcome = shell.call(words, {0, 1});
    Own& own = own_[worker];
    if (outcome.status != 1) {
      own.added.insert(items.begin(), items.end());
    }
    if (outcome.acknowledged()) {
      own.acknowledged.insert(items.begin(), items.end());
    }
  }

  static void look(Shell& shell) {
    std::set<std::string> all;
    const auto outcome = shell.call({"list", "get", "row"}, {0, 1});
    for (const auto& item : lines_of(outcome.output)) {
      if (outcome.acknowledged() && !all.insert(item).second) {
        shell.wrong("a list has an item twice: " + item.substr(0, 60));
      }
    }
  }

  std::array<Own, workers> own_;
};
}  // namespace

std::unique_ptr<Workload> listing() { return std::make_unique<Listing>(); }

}  // namespace soak
