// What a hot verb is told: its operands and options, as views of words that outlive the call. Nothing is allocated.
// Single-threaded.
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace shm::hot {

struct Given {
  std::string_view name;      ///< without dashes
  std::string_view argument;  ///< empty for a flag
};

struct Words {
  std::span<const std::string_view> operands;
  std::span<const Given> options;  ///< the verb's own and those of every verb, in the order given
  char* const* command = nullptr;  ///< of a verb that runs one: its words, then null

  [[nodiscard]] bool has(std::string_view option) const noexcept { return argument(option).has_value(); }
  /// The argument given last, if the option was given.
  [[nodiscard]] std::optional<std::string_view> argument(std::string_view option) const noexcept {
    for (auto given = options.rbegin(); given != options.rend(); ++given) {
      if (given->name == option) {
        return given->argument;
      }
    }
    return std::nullopt;
  }
};

}  // namespace shm::hot
