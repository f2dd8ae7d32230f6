// The items that push is given: words, or standard input in pieces or whole. Single-threaded.
#pragma once
#include <string_view>
#include <vector>
#include "cli/call.hpp"
#include "os/buffer.hpp"

namespace shm::verbs {

class QueueInput {
 public:
  /// Reads standard input if `-` is the only ITEM. Throws Usage and Failure. `call` must outlive it.
  explicit QueueInput(const cli::Call& call);
  /// In their order; they point into this and into the call.
  [[nodiscard]] const std::vector<std::string_view>& items() const noexcept { return items_; }

 private:
  void split(std::string_view all, char end);

  os::Buffer input_;
  std::vector<std::string_view> items_;
};

}  // namespace shm::verbs
