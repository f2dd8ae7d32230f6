// A store of this user's own, in a temporary directory.
#pragma once
#include <unistd.h>
#include <stdexcept>
#include "store/store.hpp"
#include "support/directory.hpp"

namespace test {

class OwnStore {
 public:
  OwnStore() {
    auto opened = shm::store::Store::open(path(), ::geteuid(), shm::store::Missing::create);
    if (!opened) {
      throw std::runtime_error("no store can be had at " + path());
    }
    store_ = std::move(*opened);
  }
  [[nodiscard]] const shm::store::Store& operator*() const { return store_; }
  [[nodiscard]] const shm::store::Store* operator->() const { return &store_; }
  [[nodiscard]] std::string path() const { return directory_ / "store"; }
  [[nodiscard]] std::string operator/(std::string_view name) const { return path() + "/" + std::string(name); }
  [[nodiscard]] std::vector<std::string> files() const { return files_in(path()); }

 private:
  Directory directory_;
  shm::store::Store store_;
};

}  // namespace test
