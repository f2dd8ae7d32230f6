// What several processes did to one object at about the same time: each operation with the moments at which it was
// called and at which it returned. Plain data that lies in memory shared with processes that are killed.
#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace soak::linear {

inline constexpr std::size_t most_operations = 128;  ///< in one history
inline constexpr std::size_t most_numbers = 4;

struct Numbers {
  std::array<std::uint64_t, most_numbers> at{};
  std::uint64_t count = 0;

  Numbers() = default;
  Numbers(std::initializer_list<std::uint64_t> all) {
    for (const std::uint64_t each : all) {
      add(each);
    }
  }
  void add(std::uint64_t number) {
    if (count < most_numbers) {
      at[count++] = number;
    }
  }
  [[nodiscard]] std::span<const std::uint64_t> all() const { return {at.data(), count}; }
  std::uint64_t operator[](std::size_t index) const { return at[index]; }
  bool operator==(const Numbers&) const = default;
};

/// The end of a process, as an operation: what its death does to the object happens at one moment, like all else.
inline constexpr std::uint64_t death = ~std::uint64_t{0};
/// Its end as those see it who only read. It comes before `death`: what was being changed when it died may have been
/// begun before, and is done afterwards as if it lived; who reads meanwhile sees the end and not yet that change.
inline constexpr std::uint64_t noticed = death - 1;
inline constexpr std::uint64_t done = 0;  ///< the outcome of what succeeded; else 1 + os::Code

struct Operation {
  std::uint64_t process = 0;
  std::uint64_t verb = 0;  ///< an index of Kind::verbs, or `death`
  Numbers in;
  std::uint64_t outcome = done;
  Numbers out;
  std::int64_t called_ns = 0;
  std::int64_t returned_ns = 0;
  bool pending = false;  ///< its process was killed meanwhile: it happened before that, or not at all
};

/// What an object holds, as its model sees it. How is the model's affair.
using State = std::vector<std::uint64_t>;

/// Does the operation to the state; whether its outcome is then the one that was seen. Of a pending one nothing was.
using Step = bool (*)(State& state, const Operation& operation);

/// For a Step, to say what it expects.
inline bool seen(const Operation& operation, std::uint64_t outcome, const Numbers& out = {}) {
  return operation.pending || (operation.outcome == outcome && operation.out == out);
}

}  // namespace soak::linear
