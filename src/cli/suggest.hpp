// "Did you mean": the nearest of some words. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace shm::cli {

/// The candidate that `word` is a likely slip of; empty if none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

/// "; did you mean 'X'?" or nothing. `prefix` stands before the suggestion ("--").
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates,
                         std::string_view prefix = "");

}  // namespace shm::cli
