// The commands of `exec`, one after another, as they come in. Single-threaded.
#pragma once
#include <optional>
#include <span>
#include "os/buffer.hpp"
#include "os/input.hpp"

namespace shm::verbs {

class CommandInput {
 public:
  /// Commands end with `end`.
  CommandInput(os::Input input, char end) noexcept : input_(std::move(input)), end_(end) {}

  /// The next command, without its end, if all of it has been read. The caller may write into it; it stays until
  /// more().
  std::optional<std::span<char>> next() noexcept;
  /// Reads more, and waits for it; false: there is no more, and what next() has not given out is given out now. Throws
  /// Failure.
  bool more();
  /// Whether more() would not wait.
  [[nodiscard]] bool ready() const noexcept { return input_.ready(); }

 private:
  os::Input input_;
  char end_;
  bool ended_ = false;
  os::Buffer bytes_;
  std::size_t at_ = 0;      ///< where the next command begins
  std::size_t looked_ = 0;  ///< so far there is no end in what follows `at_`
};

}  // namespace shm::verbs
