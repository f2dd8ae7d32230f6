#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <csignal>
#include <map>
#include <mutex>
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

// Makes up to three items that no other call has, and pushes them as one change.
struct Pushed {
  std::vector<std::string> items;
  bool acknowledged = false;
};
Pushed push(Shell& shell, const std::string& queue, std::size_t worker, std::uint64_t& number) {
  Pushed pushed;
  std::string lines;
  for (std::uint64_t i = shell.random(3) + 1; i > 0; --i) {
    const std::uint64_t size = shell.random(20) == 0 ? shell.random(5000) : shell.random(60);
    pushed.items.push_back(std::to_string(worker) + "." + std::to_string(++number) + ":" + std::string(size, 'i'));
    lines += pushed.items.back() + "\n";
  }
  std::vector<std::string> words = {"queue", "push", queue};
  if (shell.random(4) == 0) {
    words.insert(words.end(), {"--priority", std::to_string(shell.random(3))});
  } else if (shell.random(4) == 0) {
    words.emplace_back("--front");
  }
  if (shell.random(6) == 0) {
    words.insert(words.end(), {"--wait", "20ms"});
  }
  const bool from_stdin = shell.random(2) == 0;
  if (from_stdin) {
    words.emplace_back("-");
  } else {
    words.insert(words.end(), pushed.items.begin(), pushed.items.end());
  }
  const auto outcome = shell.call(words, {0, 5, 124}, from_stdin ? lines : "");
  pushed.acknowledged = outcome.acknowledged();
  if (outcome.status > 0) {  // it was full
    pushed.items.clear();
  }
  return pushed;
}

// Items that are pushed and popped. None comes out twice; only as many are missing as killed pops may have had.
class Popping : public Workload {
 public:
  void prepare(Shell& shell) override { shell.call({"queue", "create", "pipe", "--max-items", "10"}); }

  void work(Shell& shell, std::size_t worker) override {
    Own& own = own_[worker];
    if (shell.random(2) == 0) {
      own.pushed.push_back(push(shell, "pipe", worker, own.number));
      return;
    }
    const std::uint64_t count = shell.random(3) + 1;
    std::vector<std::string> words = {"queue", "pop", "pipe", "--count", std::to_string(count)};
    if (shell.random(4) == 0) {
      words.emplace_back("--back");
    }
    if (shell.random(6) == 0) {
      words.insert(words.end(), {"--wait", "20ms"});
    }
    const auto outcome = shell.call(words, {0, 1, 124});
    own.may_be_gone += outcome.killed() ? count : 0;
    for (const auto& item : lines_of(outcome.output)) {
      own.popped.push_back(item);
    }
  }

  void check(Shell& shell) override {
    Own& last = own_[0];
    for (;;) {
      const auto outcome = shell.call({"queue", "pop", "pipe", "--count", "1000"}, {0, 1});
      if (!outcome.acknowledged()) {
        break;
      }
      const auto lines = lines_of(outcome.output);
      last.popped.insert(last.popped.end(), lines.begin(), lines.end());
    }
    std::set<std::string> known;
    std::set<std::string> missing;
    std::uint64_t may_be_gone = 0;
    for (const auto& own : own_) {
      may_be_gone += own.may_be_gone;
      for (const auto& pushed : own.pushed) {
        known.insert(pushed.items.begin(), pushed.items.end());
        if (pushed.acknowledged) {
          missing.insert(pushed.items.begin(), pushed.items.end());
        }
      }
    }
    for (const auto& own : own_) {
      for (const auto& item : own.popped) {
        if (known.erase(item) == 0) {
          shell.wrong("popped twice, or never pushed: " + item.substr(0, 60));
        }
        missing.erase(item);
      }
    }
    if (missing.size() > may_be_gone) {
      shell.wrong(std::to_string(missing.size()) + " items are lost; killed pops explain " +
                  std::to_string(may_be_gone) + " at most");
    }
  }

 private:
  struct Own {
    std::uint64_t number = 0;
    std::vector<Pushed> pushed;
    std::vector<std::string> popped;
    std::uint64_t may_be_gone = 0;
  };
  std::array<Own, workers> own_;
};

// A process that does nothing but live, in whose name items are held.
class Holder {
 public:
  Holder() = default;
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder() { end(); }
  int pid() {
    if (pid_ == 0) {
      pid_ = ::fork();
      if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
          ::pause();
        }
      }
    }
    return pid_;
  }
  void end() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
      pid_ = 0;
    }
  }

 private:
  int pid_ = 0;
};

// Items that are taken, held by processes that may die, and acknowledged. Nothing at all is lost here: an item is held
// by one at a time, and comes back until it is acknowledged. Several pushed together are all there, or none.
class Taking : public Workload {
 public:
  void prepare(Shell& shell) override { shell.call({"queue", "create", "work", "--max-items", "200"}); }

  void work(Shell& shell, std::size_t worker) override {
    Own& own = own_[worker];
    const std::uint64_t choice = shell.random(8);
    if (choice < 3) {
      own.pushed.push_back(push(shell, "work", worker, own.number));
    } else if (choice == 7) {
      let_go(own);  // whoever held them died
    } else if (own.held.empty()) {
      take(shell, own, std::to_string(shell.random(2) + 1));
    } else {
      finish(shell, own, choice == 6 ? "release" : "ack");
    }
  }

  void check(Shell& shell) override {
    for (auto& own : own_) {
      let_go(own);
    }
    Own& last = own_[0];
    for (take(shell, last, "100"); !last.held.empty(); take(shell, last, "100")) {
      while (!last.held.empty()) {
        finish(shell, last, "ack");
      }
    }
    for (const auto& own : own_) {
      for (const auto& pushed : own.pushed) {
        std::size_t found = 0;
        for (const auto& item : pushed.items) {
          found += items_[item].seen ? 1 : 0;
          if (pushed.acknowledged && !items_[item].finished) {
            shell.wrong("lost: " + item.substr(0, 60));
          }
          items_.erase(item);
        }
        if (found != 0 && found != pushed.items.size()) {
          shell.wrong("half a push: " + pushed.items.front().substr(0, 60));
        }
      }
    }
    for (const auto& [item, state] : items_) {
      shell.wrong("never pushed: " + item.substr(0, 60));
    }
  }

 private:
  struct Held {
    std::string id;
    std::string item;
  };
  struct Own {
    std::uint64_t number = 0;
    std::vector<Pushed> pushed;
    std::vector<Held> held;
    Holder holder;
  };
  struct State {
    bool seen = false;
    bool held = false;
    bool acknowledged = false;
    bool finished = false;  // acknowledged, or maybe so: that call was killed
  };

  void let_go(Own& own) {
    {
      const std::lock_guard lock(mutex_);  // before it can come back
      for (const auto& held : own.held) {
        items_[held.item].held = false;
      }
    }
    own.held.clear();
    own.holder.end();
  }

  void take(Shell& shell, Own& own, const std::string& count) {
    const auto outcome =
        shell.call({"queue", "take", "work", "--count", count, "--owner", std::to_string(own.holder.pid())}, {0, 1});
    if (outcome.killed()) {
      let_go(own);
      return;
    }
    const std::lock_guard lock(mutex_);
    for (const auto& line : lines_of(outcome.output)) {
      const std::size_t tab = line.find('\t');
      own.held.push_back({line.substr(0, tab), line.substr(tab + 1)});
      State& state = items_[own.held.back().item];
      if (state.held || state.acknowledged) {
        shell.wrong((state.held ? "held by two: " : "acknowledged, and there again: ") + line.substr(0, 60));
      }
      state.seen = state.held = true;
    }
  }

  void finish(Shell& shell, Own& own, const std::string& verb) {
    const Held held = own.held.back();
    {
      // A release that is killed may have given it back: from now on others may have it.
      const std::lock_guard lock(mutex_);
      items_[held.item].held = verb != "release";
    }
    const auto outcome = shell.call({"queue", verb, "work", held.id});
    {
      const std::lock_guard lock(mutex_);
      State& state = items_[held.item];
      if (verb == "ack") {
        state.acknowledged = outcome.acknowledged();
        state.finished = true;
        state.held = false;
      }
    }
    own.held.pop_back();
    if (outcome.killed()) {
      let_go(own);
    }
  }

  std::array<Own, workers> own_;
  std::mutex mutex_;
  std::map<std::string, State> items_;
};
}  // namespace

std::unique_ptr<Workload> popping() { return std::make_unique<Popping>(); }
std::unique_ptr<Workload> taking() { return std::make_unique<Taking>(); }

}  // namespace soak
