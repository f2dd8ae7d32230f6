// Where an open object goes back to when it is dropped: the Workspace that lent it, or nowhere. Part of Segment and
// Region alone. It moves with the object, so that only the one that is left gives back.
#pragma once
#include <utility>

namespace shm::segment {

class Region;
class Segment;
struct WorkspaceEntry;

class Kept {
 public:
  Kept() = default;
  explicit Kept(WorkspaceEntry& by) noexcept : by_(&by) {}
  Kept(Kept&& other) noexcept : by_(std::exchange(other.by_, nullptr)) {}
  Kept& operator=(Kept&&) = delete;
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  ~Kept() = default;

#ifdef SHMCTL_FREESTANDING
  explicit constexpr operator bool() const noexcept { return false; }  // there is no Workspace (workspace.hpp)
#else
  explicit operator bool() const noexcept { return by_ != nullptr; }
#endif
  void give_back(Segment& segment) noexcept;
  void give_back(Region& region) noexcept;

 private:
  WorkspaceEntry* by_ = nullptr;
};

}  // namespace shm::segment
