// The proof itself: an operation is stepped through, and each state that a kill in it would leave is looked at.
// For the harness alone.
#pragma once
#include <map>
#include <memory>
#include <random>
#include "kinds.hpp"
#include "state.hpp"

namespace crash {

struct Effort {
  std::uint64_t recoveries = 20;  ///< at most so many of a workload's states have their recovery interrupted
  std::uint64_t second = 2;       ///< and so many states of each recovery have theirs interrupted again
  std::uint64_t again = 40;       ///< in so many states the operation is done again
  std::int64_t until_ns = 0;      ///< of the monotonic clock: after that, no recovery is interrupted any more
};

/// One workload, all of it.
class Trial {
 public:
  Trial(const Kind& kind, const Workload& workload, const Effort& effort);
  void run();

 private:
  /// A state that is to be looked at, and what it must read as.
  struct Expected {
    State state;
    std::string content;
  };
  void step_through(Place& place, const std::function<std::function<void()>()>& ready,
                    const std::function<void(const State&)>& see);
  void see_operation(const State& state);
  void check(const State& state, const std::string& content, std::size_t depth);
  void check_recovered(Place& place, const State& state, const std::string& content);
  void check_settled(Place& place, const std::string& content);
  void check_again(Place& place, const State& state, const std::string& content);
  void interrupt_recovery(const Expected& from, std::size_t depth);
  void check_stopped_owner(const State& state);
  void check_left_alone(const State& state);
  [[nodiscard]] std::vector<std::size_t> sample(std::size_t of, std::uint64_t most);
  void wrong(const std::string& what) const;
  [[nodiscard]] Place& place(std::size_t depth);

  const Kind& kind_;
  const Workload& workload_;
  const Effort effort_;
  std::mt19937_64 random_{1};
  std::vector<std::unique_ptr<Place>> places_;     // [0]: where the operation is stepped through
  std::map<std::uint64_t, std::string> contents_;  // of each generation that was seen without a change under way
  std::vector<Expected> interrupted_;              // states with a change under way
  std::string before_;
  std::string after_;
  std::uint64_t states_ = 0;
  std::uint64_t again_every_ = 1;
  std::uint64_t stopped_checks_ = 0;
  std::uint64_t left_alone_checks_ = 0;
  bool happened_ = false;
};

}  // namespace crash
