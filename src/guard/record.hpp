// A job's record, open and mapped. Whoever may write it can lie in it, so nothing here is trusted beyond its bounds.
// Who runs the job is decided by kernel locks (acquire.hpp); the record says who that is, and it stands in where
// somebody has deleted the lock file or a command has closed what it inherited.
// Invariants: an entry is written by who holds its byte lock, which the kernel gives back when that supervisor is gone.
// An entry with a state and a free byte was left by a killed supervisor. One thread at a time has a Record.
#pragma once
#include "guard/layout.hpp"
#include "os/mapping.hpp"
#include "store/store.hpp"

namespace shm::guard {

class Record {
 public:
  /// Code::absent, denied, untrusted, corrupt, full.
  static os::Result<Record> open(const store::Store& store, std::string_view job, os::Access access) noexcept;
  /// For writing; makes the record, whole, where there is none.
  static os::Result<Record> open_or_create(const store::Store& store, std::string_view job) noexcept;

  /// A new record, for writing, that nobody can see until it gets its name by publish(), once: Code::exists if that is
  /// taken. `temporary` keeps what name it has until then, if it needs one.
  static os::Result<Record> make(const store::Store& store, std::string_view job, os::FileName* temporary) noexcept;
  os::Result<void> publish(const store::Store& store, const os::FileName& temporary) noexcept;

  [[nodiscard]] const os::Fd& file() const noexcept { return file_; }
  [[nodiscard]] const os::FileInfo& info() const noexcept { return info_; }
  [[nodiscard]] Summary& summary() const noexcept;
  /// How many entries there are; entry() takes less than that.
  [[nodiscard]] std::size_t entries() const noexcept {
    return first_entries + (mapping_.size() - more_entries_offset) / sizeof(Entry);
  }
  [[nodiscard]] Entry& entry(std::size_t index) const noexcept;
  /// The words at an offset below first_size.
  [[nodiscard]] const Cell* cells(std::size_t offset) const noexcept;

  /// For a program about to end: the kernel closes and unmaps it cheaper.
  void leave_open() noexcept {
    file_.release();
#ifdef SHMCTL_FREESTANDING
    mapping_.leave_mapped();
#endif
  }

  /// Maps what another process has added since.
  os::Result<void> refresh() noexcept;
  /// Adds a page of entries; false when there are as many as there may be. Code::full.
  os::Result<bool> grow() noexcept;

  /// Takes the entry's byte lock; false: another open file has it. For a Record open for writing.
  [[nodiscard]] os::Result<bool> take(std::size_t index) const noexcept;
  void give_back(std::size_t index) const noexcept;
  /// Whether another open file has the entry's byte lock: its supervisor lives.
  [[nodiscard]] bool taken(std::size_t index) const noexcept;

 private:
  os::Result<void> map() noexcept;

  os::Fd file_;
  os::FileInfo info_;
  os::Mapping mapping_;
  os::FileName name_;
  os::Access access_ = os::Access::read;
};

}  // namespace shm::guard
