#include "soak/linear/kinds.hpp"
#include <array>
#include "soak/linear/objects.hpp"

namespace soak::linear {

std::span<const Kind> kinds() {
  static const std::array all = {counter_kind, value_kind, text_kind, queue_kind, array_kind, dict_kind, list_kind};
  return all;
}

std::span<const Kind> broken_kinds() {
  static const std::array all = {forgetful_counter, stale_value,    forgetful_dict, forgetful_text, losing_queue,
                                 swapping_queue,    doubling_queue, hasty_array,    hasty_list};
  return all;
}

std::string describe(const Kind& kind, const Operation& operation) {
  std::string line = "process " + std::to_string(operation.process) + ": ";
  line += operation.verb == death ? "killed" : operation.verb == noticed ? "seen killed" : kind.verbs[operation.verb];
  for (const std::uint64_t number : operation.in.all()) {
    line += ' ' + std::to_string(static_cast<std::int64_t>(number));
  }
  line += operation.pending ? " -> (killed)" : operation.outcome == done ? " ->" : " -> error";
  if (!operation.pending && operation.outcome != done) {
    line += ' ' + std::to_string(operation.outcome - 1);
  }
  for (const std::uint64_t number : operation.out.all()) {
    line += ' ' + std::to_string(static_cast<std::int64_t>(number));
  }
  return line + " [" + std::to_string(operation.called_ns) + ", " + std::to_string(operation.returned_ns) + "]";
}

}  // namespace soak::linear
