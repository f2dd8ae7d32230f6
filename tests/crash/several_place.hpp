// The state that a killed process would leave of a whole store, and places to look at one. For the harness alone.
#pragma once
#include <map>
#include <string>
#include <vector>
#include "store/store.hpp"

namespace crash {

/// What files there are, and what is in them.
using StoreState = std::map<std::string, std::vector<std::byte>>;

class StorePlace {
 public:
  StorePlace();
  StorePlace(const StorePlace&) = delete;
  StorePlace& operator=(const StorePlace&) = delete;
  ~StorePlace();

  [[nodiscard]] const shm::store::Store& store() const { return store_; }
  /// Files may have come, gone or grown: a system call was made.
  void look_around();
  /// Whether something differs from `state`, as far as it is known since look_around().
  [[nodiscard]] bool differs(const StoreState& state) const;
  [[nodiscard]] StoreState state() const;
  /// Makes the store be in that state, with nobody alive who has one of its objects open.
  void load(const StoreState& state);
  /// Removes the records of changes.
  void remove_records();

 private:
  struct Mapped {
    std::byte* bytes = nullptr;
    std::size_t size = 0;
    std::uint64_t inode = 0;
  };
  [[nodiscard]] std::string path(const std::string& name) const { return directory_ + "/store/" + name; }
  [[nodiscard]] std::vector<std::string> names() const;
  static void unmap(Mapped& file);

  std::string directory_;
  shm::store::Store store_;
  std::map<std::string, Mapped> files_;
};

}  // namespace crash
