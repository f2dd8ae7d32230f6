// What workers do to an object while they are killed, and what must hold of it at the end. A new kind is a file with
// its Workload, and one more entry of the table in workloads.cpp.
#pragma once
#include <memory>
#include "soak/commands/shell.hpp"

namespace soak {

inline constexpr std::size_t workers = 4;

/// One object, worked on by several workers at once; each has its own index. Only what a worker alone uses, or a lock
/// guards, may be changed in work().
class Workload {
 public:
  Workload() = default;
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;
  virtual ~Workload() = default;
  /// Makes what the workers need, unkilled.
  virtual void prepare(Shell& /*shell*/) {}
  /// Does one operation or a few.
  virtual void work(Shell& shell, std::size_t worker) = 0;
  /// After all of it, unkilled: reports what is not as it must be.
  virtual void check(Shell& shell) = 0;
};

struct Named {
  std::string_view name;
  std::unique_ptr<Workload> (*make)();
  bool detects = true;  ///< it notices a program that says it has done what it has not
};
const std::vector<Named>& workloads();

// The workloads there are.
std::unique_ptr<Workload> counting();
std::unique_ptr<Workload> appending();
std::unique_ptr<Workload> comparing();
std::unique_ptr<Workload> owning();
std::unique_ptr<Workload> popping();
std::unique_ptr<Workload> taking();
std::unique_ptr<Workload> listing();
std::unique_ptr<Workload> dict_counting();
std::unique_ptr<Workload> summing();
std::unique_ptr<Workload> swapping();
std::unique_ptr<Workload> transferring();
std::unique_ptr<Workload> churning();

}  // namespace soak
