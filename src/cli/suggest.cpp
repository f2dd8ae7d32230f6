#include "cli/suggest.hpp"
#include <fmt/core.h>
#include <algorithm>

namespace shm::cli {

namespace {
// Optimal string alignment: insert, delete, replace, or swap two neighbours, each counts one.
std::size_t distance(std::string_view left, std::string_view right) {
  const std::size_t width = right.size() + 1;
  std::vector<std::size_t> table((left.size() + 1) * width);
  const auto at = [&](std::size_t row, std::size_t column) -> std::size_t& { return table[row * width + column]; };
  for (std::size_t i = 0; i <= left.size(); ++i) {
    at(i, 0) = i;
  }
  for (std::size_t j = 0; j <= right.size(); ++j) {
    at(0, j) = j;
  }
  for (std::size_t i = 1; i <= left.size(); ++i) {
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = at(i - 1, j - 1) + (left[i - 1] == right[j - 1] ? 0 : 1);
      at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, replaced});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
        at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
      }
    }
  }
  return at(left.size(), right.size());
}
}  // namespace

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  std::size_t least = word.size() / 3 + 2;  // a third of the letters wrong, and one: beyond, it is another word
  if (word.empty() || word.size() > 64) {
    return best;
  }
  for (const auto candidate : candidates) {
    // The beginning of a longer word is as near as a slip.
    const std::size_t away = word.size() > 1 && candidate.starts_with(word) ? 1 : distance(word, candidate);
    if (away < least && away < std::max(word.size(), candidate.size())) {
      least = away;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates,
                         std::string_view prefix) {
  const auto best = nearest(word, candidates);
  return best.empty() ? std::string() : fmt::format("; did you mean '{}{}'?", prefix, best);
}

}  // namespace shm::cli
