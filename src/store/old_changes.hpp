// Records of changes of several objects whose makers are dead. For the survey alone; one thread. One is removed only
// where no object refers to it, and none can come to: its maker is known to be dead before the objects are looked at,
// and each of them could be looked at.
#pragma once
#include "os/buffer.hpp"
#include "store/store.hpp"

namespace shm::store {

class OldChanges {
 public:
  /// As Survey::change_of.
  using ChangeOf = os::Result<std::uint64_t> (*)(const Store& store, std::string_view name);
  OldChanges(const Store& store, ChangeOf change_of) noexcept : store_(store), change_of_(change_of) {}

  /// Each record's file name in the store, once.
  void record(std::string_view name) noexcept;
  /// To be asked once all were told: how many there are that nobody needs; with `mend`, how many are left of them.
  /// `needed` is called for each object that refers to one whose maker is dead.
  std::uint64_t count(bool mend, void (*needed)(void* context, std::string_view object), void* context) noexcept;

 private:
  struct Record {
    std::uint64_t id = 0;
    bool needed = false;
  };
  [[nodiscard]] std::span<Record> records() const noexcept;
  [[nodiscard]] bool has_ended(std::string_view name) const noexcept;
  void look(std::string_view object, void (*needed)(void*, std::string_view), void* context) noexcept;

  const Store& store_;
  const ChangeOf change_of_;
  os::Buffer records_;
  bool unknown_ = false;  // what some object refers to can't be told
};

}  // namespace shm::store
