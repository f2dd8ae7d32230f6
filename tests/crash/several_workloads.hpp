// What several.cpp steps through: changes of several objects of one store, and what one sees of these. For the harness
// alone.
#pragma once
#include <functional>
#include <string>
#include <vector>
#include "kinds.hpp"
#include "segment/workspace.hpp"

namespace crash {

/// The objects that there may be.
extern const std::vector<std::string> several_objects;

struct SeveralWorkload {
  std::string name;
  std::function<Outcome(const shm::store::Store&, shm::segment::Workspace&)> act;
  bool happens = true;  ///< whether the objects are different after it
};
std::vector<SeveralWorkload> several_workloads();

/// The objects as they are before each workload.
void prepare_several(const shm::store::Store& store);

[[nodiscard]] bool is_region(const std::string& name);
/// Adds to the number that such an object is.
Outcome add(const shm::store::Store& store, std::string_view name, std::uint64_t more);
/// What one sees of an object, and of all of them.
std::string content(const shm::store::Store& store, const std::string& name, shm::os::Access access);
std::string content(const shm::store::Store& store, shm::os::Access access = shm::os::Access::read);

}  // namespace crash
