// In-process candidates that take turns, in an order drawn anew each round. For each turn a line goes to descriptor 3:
// the candidate's number and the time of one call in picoseconds; `labels` as the first argument prints what they are
// called, and the bound beside, instead. What can't be had is left out by a null function.
#pragma once
#include <fcntl.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>
#include "board.hpp"

struct Candidate {
  const char* label;
  const char* bound;               ///< to the reference, "" for none
  long calls;                      ///< in one turn
  std::function<void(long)> turn;  ///< makes that many calls
};

inline void take_turns(long rounds, const std::vector<Candidate>& candidates) {
  FILE* out = fdopen(3, "w");
  if (out == nullptr) {
    std::fputs("bench: descriptor 3 is not open\n", stderr);
    std::exit(1);
  }
  fcntl(3, F_SETFD, FD_CLOEXEC);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i].turn) {
      order.push_back(i);
      candidates[i].turn(candidates[i].calls / 10 + 1);  // finds its memory
    }
  }
  std::mt19937 random(1);
  for (long round = 0; round < rounds; ++round) {
    std::shuffle(order.begin(), order.end(), random);
    for (const auto k : order) {
      const std::uint64_t from = now();
      candidates[k].turn(candidates[k].calls);
      const std::uint64_t took = (now() - from) * 1000 / static_cast<std::uint64_t>(candidates[k].calls);
      std::fprintf(out, "%zu %llu\n", k, static_cast<unsigned long long>(took));
      std::fflush(out);  // a child must not write it again
    }
  }
  std::fclose(out);
}

inline void print_labels(const std::vector<Candidate>& candidates) {
  for (const auto& each : candidates) {
    std::printf("%s\t%s\n", each.label, each.bound);
  }
}

/// A result that has to be there.
template <class T>
T sure(std::expected<T, shm::os::Error> result) {
  if (!result) {
    std::fprintf(stderr, "bench: %s %s: %s\n", result.error().attempt, result.error().object,
                 result.error().why != nullptr ? result.error().why : std::strerror(result.error().sys_errno));
    std::_Exit(1);
  }
  if constexpr (!std::is_void_v<T>) {
    return std::move(*result);
  }
}
