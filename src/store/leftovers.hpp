// What killed processes left in a store: files that were being made, and locks of objects that there are not. For the
// survey alone; one thread. Removes a file only where nobody can need it any more: it is a minute old, its maker does
// not hold its building_byte, and, of a lock, every object of the store is known to have another id.
#pragma once
#include "os/buffer.hpp"
#include "store/store.hpp"

namespace shm::store {

class Leftovers {
 public:
  explicit Leftovers(const Store& store) noexcept : store_(store) {}

  // Each entry of the directory that is none of the doctor's other concerns, once.
  void object(std::string_view name) noexcept;
  void building(std::string_view name) noexcept;
  void lock(std::uint64_t id) noexcept;

  /// To be asked once all were told: how many there are; with `mend`, how many are left after removing those that can
  /// be.
  std::uint64_t count(bool mend) noexcept;

 private:
  [[nodiscard]] bool is_old(std::string_view name) const noexcept;
  [[nodiscard]] bool in_use(std::string_view name) const noexcept;
  bool remove(std::string_view name) noexcept;
  bool remember(os::Buffer& ids, std::uint64_t id) noexcept;

  const Store& store_;
  os::Buffer ids_;        // of the objects
  os::Buffer locks_;      // ids in the names of lock files
  os::Buffer names_;      // of what was being made, each with a NUL
  bool unknown_ = false;  // an object's id can't be read: any lock may be its
};

}  // namespace shm::store
