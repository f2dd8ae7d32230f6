// What `wait` waits for: words such as "empty" and ">=5", and whether an object is so. Single-threaded.
#pragma once
#include <optional>
#include "object/watch.hpp"

namespace shm::verbs {

class Condition {
 public:
  /// Throws Usage; `verb` names it there.
  explicit Condition(std::string_view words);

  /// Whether it holds; `now` is null for an object that is not there. The first call is the beginning that `changed`
  /// means. Throws Failure if an object of that kind can't be so.
  bool holds(std::string_view name, const object::Watch::State* now);

 private:
  enum class What : std::uint8_t { exists, absent, changed, empty, compare };
  enum class Order : std::uint8_t { less, at_most, equal, other, at_least, more };
  [[nodiscard]] bool compares(std::string_view name, const object::Watch::State& now) const;
  bool has_changed(const object::Watch::State* now);

  What what_ = What::exists;
  Order order_ = Order::equal;
  std::string operand_;
  bool begun_ = false;
  std::optional<std::uint64_t> id_;  // of the object that was there first
  std::uint64_t mark_ = 0;
};

}  // namespace shm::verbs
