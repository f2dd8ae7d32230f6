#include "soak/linear/checker.hpp"
#include <algorithm>
#include <bitset>
#include <limits>
#include <unordered_set>

namespace soak::linear {

namespace {
using Set = std::bitset<most_operations>;
constexpr std::size_t none = most_operations;
constexpr std::size_t most_looks = 4'000'000;

class Search {
 public:
  Search(Step step, std::vector<Operation> history, const State& end)
      : step_(step), history_(std::move(history)), end_(end), death_(history_.size(), none) {
    for (std::size_t i = 0; i < history_.size(); ++i) {
      left_ += history_[i].pending ? 0 : 1;
    }
    for (const std::uint64_t last : {death, noticed}) {  // what is done comes before the first of them
      for (std::size_t i = 0; i < history_.size(); ++i) {
        for (std::size_t other = 0; history_[i].verb == last && other < history_.size(); ++other) {
          if (other != i && history_[other].process == history_[i].process && history_[other].verb != death) {
            death_[other] = i;
          }
        }
      }
    }
  }

  bool from(const State& state, std::size_t first, std::int64_t latest_call) {
    if (left_ == 0 && state == end_) {
      return true;
    }
    while (first < history_.size() && taken_[first]) {
      ++first;
    }
    // Who was called after the return of one that is still to come can't be next.
    std::int64_t first_return = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = first; i < history_.size() && history_[i].called_ns <= first_return; ++i) {
      if (!taken_[i] && !history_[i].pending) {
        first_return = std::min(first_return, history_[i].returned_ns);
      }
    }
    for (std::size_t i = first; i < history_.size() && history_[i].called_ns <= first_return; ++i) {
      const Operation& next = history_[i];
      if (taken_[i] || (next.pending && next.returned_ns < latest_call) || (death_[i] != none && taken_[death_[i]])) {
        continue;
      }
      State after = state;
      if (!step_(after, next)) {
        continue;
      }
      taken_.set(i);
      order_.push_back(i);
      if (order_.size() > longest_.size()) {
        longest_ = order_;
      }
      left_ -= next.pending ? 0 : 1;
      if (is_new(after) && from(after, first, std::max(latest_call, next.called_ns))) {
        return true;
      }
      left_ += next.pending ? 0 : 1;
      taken_.reset(i);
      order_.pop_back();
    }
    return false;
  }
  [[nodiscard]] std::vector<Operation> longest() const {
    std::vector<Operation> found;
    for (const std::size_t i : longest_) {
      found.push_back(history_[i]);
    }
    return found;
  }
  [[nodiscard]] bool gave_up() const { return seen_.size() >= most_looks; }

 private:
  bool is_new(const State& state) {
    std::string key(reinterpret_cast<const char*>(&taken_), sizeof taken_);
    key.append(reinterpret_cast<const char*>(state.data()), state.size() * sizeof(State::value_type));
    return !gave_up() && seen_.insert(std::move(key)).second;
  }

  Step step_;
  std::vector<Operation> history_;  // in the order of their calls
  const State& end_;
  std::vector<std::size_t> death_;  // where in the history the death of each one's process is
  Set taken_;
  std::size_t left_ = 0;            // not pending, and not taken yet
  std::vector<std::size_t> order_;  // in which they were taken
  std::vector<std::size_t> longest_;
  std::unordered_set<std::string> seen_;
};
}  // namespace

Verdict check(Step step, const State& start, std::span<const Operation> history, const State& end,
              std::vector<Operation>* longest) {
  if (history.size() > most_operations) {
    return Verdict::undecided;
  }
  std::vector<Operation> sorted(history.begin(), history.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const Operation& left, const Operation& right) { return left.called_ns < right.called_ns; });
  Search search(step, std::move(sorted), end);
  if (search.from(start, 0, std::numeric_limits<std::int64_t>::min())) {
    return Verdict::linearizable;
  }
  if (longest != nullptr) {
    *longest = search.longest();
  }
  return search.gave_up() ? Verdict::undecided : Verdict::refused;
}

}  // namespace soak::linear
