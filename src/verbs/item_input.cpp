#include "verbs/item_input.hpp"
#include <algorithm>
#include "cli/failure.hpp"
#include "os/standard_streams.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

ItemInput::ItemInput(const cli::Call& call, std::size_t first)
    : items_(call.operands.begin() + static_cast<std::ptrdiff_t>(std::min(first, call.operands.size())),
             call.operands.end()) {
  const bool dash = std::find(items_.begin(), items_.end(), "-") != items_.end();
  const bool whole = call.has("whole");
  if (dash && items_.size() > 1) {
    refuse(call, "'-' stands for standard input and must be the only ITEM");
  }
  if (whole && !dash) {
    refuse(call, "--whole is for standard input (say - as ITEM)");
  }
  if (whole && call.has("null")) {
    refuse(call, "--whole and --null exclude each other");
  }
  if (!dash) {
    return;
  }
  cli::must(os::read_input(input_));
  items_.clear();
  if (whole) {
    items_.push_back(input_.view());
  } else {
    split(input_.view(), call.has("null") ? '\0' : '\n');
  }
}

/// What follows the last `end` is an item too, unless there is nothing.
void ItemInput::split(std::string_view all, char end) {
  while (!all.empty()) {
    const auto size = std::min(all.find(end), all.size());
    items_.push_back(all.substr(0, size));
    all.remove_prefix(std::min(size + 1, all.size()));
  }
}

}  // namespace shm::verbs
