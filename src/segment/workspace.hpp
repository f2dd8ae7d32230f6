// Objects that stay open between operations, for a program that does many of them: what this process opens by name
// while a Workspace lives comes from there and goes back. Nothing above needs to know: Segment::open() and
// Region::open() look. With Changes::several, all that is done to these objects until commit() is one change, which
// happens whole or not at all, whenever anybody is killed, and for whoever looks at several of them in such a change of
// his own. How:
//  - Each object is taken when it is first met: a Region's lock, a Cell's tag. Those who take several do it in the
//  order
//    of the objects' ids, so that nobody waits in a circle; who meets one out of order and can't have it at once gives
//    up all (conflict()), and retry() takes all that were met, in order, before it is all done again.
//  - Changes stay in the Regions' undo logs and, of Cells, in this process's memory. When all is done, each object gets
//    the id of the change's record (store::ChangeFile); then the record is told that the change happened: for all at
//    once. Then each object is made to forget what it was, and the record goes. Whoever comes to an object whose change
//    was killed on the way asks the record what to do.
//  - An object that is made in the change is absent for others until it has happened.
// One Workspace in a process at a time, one thread, no fork. The Stores must outlive it and stay where they are.
#pragma once
#include <memory>
#include "segment/region.hpp"
#include "segment/segment.hpp"
#include "store/change_file.hpp"

namespace shm::segment {

class Workspace {
 public:
  enum class Changes : std::uint8_t {
    single,   ///< each operation is a change of its own, as without a Workspace
    several,  ///< all of them together are one
  };
  explicit Workspace(Changes changes);
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  ~Workspace();  ///< abandons what was not committed

  // Of Changes::several.
  /// Makes all of it happen. Code::full; Code::timed_out with conflict().
  os::Result<void> commit() noexcept;
  /// Undoes all of it.
  void abandon() noexcept;
  /// Whether an operation failed, or commit(), because another change was in the way: retry(), then do all again.
  [[nodiscard]] bool conflict() const noexcept { return conflict_; }
  os::Result<void> retry();

  // For Segment, Region and Cell.
#ifdef SHMCTL_FREESTANDING
  // A program that does one operation has none, and nothing of it: the compiler leaves out what asks for it.
  static constexpr Workspace* active() noexcept { return nullptr; }
  static constexpr Workspace* of_several() noexcept { return nullptr; }
  static bool is_own(std::uint64_t /*id*/) noexcept { return false; }
  static const store::Header* region_header(const store::Store& /*store*/, std::string_view /*name*/) noexcept {
    return nullptr;
  }
#else
  static Workspace* active() noexcept { return active_; }
  static Workspace* of_several() noexcept { return active_ != nullptr && active_->several_ ? active_ : nullptr; }
  /// Whether `id` is that of this process's own change.
  static bool is_own(std::uint64_t id) noexcept { return active_ != nullptr && active_->record_.id() == id; }
  /// The header of `name`, if it is open as a region, and still what has that name: to tell without a look at the file
  /// that it is no cell. Null: not known.
  static const store::Header* region_header(const store::Store& store, std::string_view name) noexcept;
#endif
  os::Result<Segment> segment(const store::Store& store, std::string_view name, os::Access access);
  os::Result<Region> region(const store::Store& store, std::string_view name, os::Access access);
  /// Makes the cell part of the change.
  os::Result<void> join(Segment& segment) noexcept;
  /// The id of the change's record, which all of its objects' store must have.
  os::Result<std::uint64_t> change_id(const store::Store& store) noexcept;
  /// As store::create_object(), and takes the name from an object that is not there (free_name.hpp). Within a change,
  /// nobody else's is waited for: conflict().
  static os::Result<void> create(const store::Store& store, std::string_view name,
                                 const store::NewObject& object) noexcept;
  // What was made in the change becomes part of it.
  os::Result<void> made_cell(const store::Store& store, std::string_view name);
  os::Result<void> made_region(const store::Store& store, std::string_view name);

 private:
  struct Places;
  Segment lend_segment(WorkspaceEntry& entry) noexcept;
  Region lend_region(WorkspaceEntry& entry) noexcept;
  /// Takes the object for the change, waiting for it if its turn has come; Code::timed_out with conflict(), if not.
  os::Result<void> take(WorkspaceEntry& entry, Region& region) noexcept;
  os::Result<void> take(WorkspaceEntry& entry, Segment& segment) noexcept;
  bool in_turn(std::uint64_t id) noexcept;
  os::Result<void> use_store(const store::Store& store) noexcept;
  os::Result<void> check_seen() noexcept;
  [[nodiscard]] bool lends() noexcept;
  /// What `open` returns; what else is open and not lent gives its place for it if need be.
  template <class Open>
  auto with_room(std::size_t needs, Open open) -> decltype(open());
  os::Result<bool> free_name(const store::Store& store, std::string_view name) noexcept;
  template <class Opened>
  Opened note_absent(const store::Store& store, std::string_view name, Opened opened);
  os::Result<void> decide() noexcept;
  void let_go(bool happened) noexcept;

  static inline Workspace* active_ = nullptr;
  const bool several_;
  bool conflict_ = false;
  std::uint64_t highest_ = 0;            // id of an object that the change has
  std::int64_t give_up_ns_ = 0;          // when retrying ends
  const store::Store* store_ = nullptr;  // of all objects of the change
  WorkspaceEntry* unborn_ = nullptr;     // whose name another change has taken
  store::ChangeFile record_;
  std::unique_ptr<Places> places_;
};

}  // namespace shm::segment
