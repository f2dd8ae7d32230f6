// The units of a time on a command line (shmctl(7), "NUMBERS AND TIMES"). Constant data.
#pragma once
#include <cstdint>
#include <string_view>

namespace shm::cli {

inline constexpr std::int64_t second_ns = 1'000'000'000;

struct TimeUnit {
  std::string_view name;  ///< empty: a number without a unit
  std::int64_t ns;
};
inline constexpr TimeUnit time_units[] = {{"", second_ns},       {"ms", second_ns / 1000}, {"s", second_ns},
                                          {"m", 60 * second_ns}, {"h", 3600 * second_ns},  {"d", 86400 * second_ns}};

}  // namespace shm::cli
