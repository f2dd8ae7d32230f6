// The record of one change of several objects: a file `,change,ID` beside them that lives as long as the change is
// under way. The objects refer to it by its id; whether it says that the change happened decides for all of them at
// once. Only who makes the change writes it, and has it locked for as long as that process lives; whoever else comes to
// one of the objects reads it. Invariants: it has its name before an object refers to it, and keeps it until none does
// any more; so a record that is not there is of a change that did not happen. A process that has one must not fork: the
// child would keep its lock.
#pragma once
#include "store/store.hpp"

namespace shm::store {

enum class Decision : std::uint8_t {
  none,       ///< not yet, and who decides lives
  happened,   ///< all of it
  abandoned,  ///< nothing of it, now and for ever
};

/// Numbers below are for other uses of the words in which objects keep an id.
inline constexpr std::uint64_t least_change_id = std::uint64_t{1} << 63U;

class ChangeFile {
 public:
  ChangeFile() = default;  ///< none
  /// Code::full, denied.
  static os::Result<ChangeFile> create(const Store& store) noexcept;

  /// 0: there is none.
  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  /// The moment at which the change happens.
  os::Result<void> decide() noexcept;
  /// When no object refers to it any more.
  void remove(const Store& store) noexcept;

 private:
  os::Fd file_;
  std::uint64_t id_ = 0;
};

/// What became of change `id`. Asks the kernel.
os::Result<Decision> decision_of(const Store& store, std::uint64_t id) noexcept;

/// Whether nobody has the record of change `id` any more who could decide. False where that can't be told.
bool maker_is_dead(const Store& store, std::uint64_t id) noexcept;

os::FileName change_name(std::uint64_t id) noexcept;
/// The id of a record's file name, or 0.
std::uint64_t id_of_change(std::string_view file) noexcept;

}  // namespace shm::store
