// The kinds of objects whose histories are checked: how a process works on one, and what a model says it must see. A
// new kind is a file with its Kind, and one more entry of the table in kinds.cpp.
#pragma once
#include <memory>
#include <random>
#include <string_view>
#include "os/error.hpp"
#include "soak/linear/history.hpp"
#include "store/store.hpp"

namespace soak::linear {

using Random = std::mt19937_64;

/// One process's way to an object.
class Object {
 public:
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;
  /// Does the operation that draw() chose, and notes its outcome.
  virtual void perform(Operation& operation) = 0;
  /// What the object holds, while nobody changes it. `pids`: of the processes, by number.
  virtual State observe(std::span<const int> pids) = 0;
};

struct Kind {
  std::string_view name;
  std::span<const std::string_view> verbs;
  bool (*create)(const shm::store::Store& store, std::string_view name);
  std::unique_ptr<Object> (*open)(const shm::store::Store& store, std::string_view name);
  /// Chooses the verb and what goes in. `unique` is another in each operation.
  void (*draw)(Random& random, std::uint64_t unique, Operation& operation);
  Step step;
  bool deaths = false;  ///< the death of a process changes the object
};

std::span<const Kind> kinds();
/// Objects with a fault built in, whose histories must be refused.
std::span<const Kind> broken_kinds();

/// The operation as a line for people.
std::string describe(const Kind& kind, const Operation& operation);

inline std::uint64_t outcome_of(const shm::os::Error& error) { return 1 + static_cast<std::uint64_t>(error.code); }
inline constexpr std::uint64_t failed(shm::os::Code code) { return 1 + static_cast<std::uint64_t>(code); }

}  // namespace soak::linear
