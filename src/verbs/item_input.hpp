// The items that a verb is given: its operands from one on, or standard input in pieces or whole. For the verbs of all
// kinds. Single-threaded.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>
#include "cli/call.hpp"
#include "os/buffer.hpp"

namespace shm::verbs {

class ItemInput {
 public:
  /// The items are the operands from number `first` on. Reads standard input if `-` is the only one of them; --null and
  /// --whole say how. Throws Usage and Failure. `call` must outlive it.
  explicit ItemInput(const cli::Call& call, std::size_t first = 1);
  /// In their order; they point into this and into the call.
  [[nodiscard]] const std::vector<std::string_view>& items() const noexcept { return items_; }

 private:
  void split(std::string_view all, char end);

  os::Buffer input_;
  std::vector<std::string_view> items_;
};

}  // namespace shm::verbs
