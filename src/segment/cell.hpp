// An object that is one word, open: a number that each operation reads and writes by one atomic instruction, without a
// lock, so that nothing is half done whenever a process is killed. Its word stands beside a second one, the tag; both
// are exchanged at once. As long as anybody may change the number, the tag counts its changes, so that no two of its
// states look alike. Only a change of several objects (Workspace) puts its id there, and the number then stays as it is
// until that change is decided: readers read on, who wants to change it waits; whose maker was killed, anybody takes
// its tag away. The tag also says that the object was removed: who has it open then finds it absent, and no change gets
// lost in a file that nobody will read. Any number of
// processes and threads; one thread per Cell. The Store must outlive it and stay where it is.
#pragma once
#include "os/wide_exchange.hpp"
#include "segment/segment.hpp"
#include "store/change_file.hpp"

namespace shm::segment {

/// The payload. Part of the format.
struct CellWords {
  std::uint64_t number;
  std::uint64_t tag;       ///< counts changes (is_count()); or cell_removed; or the id of the change that has it
  std::uint64_t wanted;    ///< by the change that has it: what the number becomes if that happens
  std::uint64_t unborn;    ///< 1: made by the change in the tag: absent until that has happened
  std::uint64_t sleepers;  ///< 1: somebody may sleep on `pulses`
  std::uint64_t pulses;    ///< counts changes, but only while somebody may sleep
  std::uint64_t renamed;   ///< counts the names that it has been given since the first
  std::uint64_t reserved;
};
static_assert(sizeof(CellWords) == 64,
              "the layout is on disk: raise store::format_version and read the old layout too");
inline constexpr std::uint64_t cell_removed = 1;

/// Whether it is a tag that lets anybody change the number: an even count.
constexpr bool is_count(std::uint64_t tag) noexcept { return tag < store::least_change_id && tag % 2 == 0; }

class Cell {
 public:
  /// Creates the object; `object` lacks payload and size only. Code::exists, as store::create_object().
  static os::Result<void> create(const store::Store& store, std::string_view name, const store::NewObject& object,
                                 std::uint64_t number) noexcept;
  /// Takes over a segment that is a cell (see is_cell()). Code::absent: it was removed, or is not there yet. Within a
  /// Workspace of several objects' changes, it becomes a part of the change; Code::timed_out: another one has it.
  static os::Result<Cell> of(Segment segment) noexcept;
  static bool is_cell(const store::Header& header) noexcept {
    return header.payload_size == sizeof(CellWords) && header.payload_offset == store::first_payload_offset;
  }

  Cell() = default;  ///< none: only to be assigned to
  [[nodiscard]] const store::Header& header() const noexcept { return segment_.header(); }
  [[nodiscard]] std::string_view name() const noexcept { return segment_.name(); }
  [[nodiscard]] const os::FileInfo& info() const noexcept { return segment_.info(); }

  /// The number now. Code::absent: it was removed.
  [[nodiscard]] os::Result<std::uint64_t> load() const noexcept { return load(segment_); }
  /// The same of a segment that is a cell.
  static os::Result<std::uint64_t> load(const Segment& segment) noexcept;

  /// Puts `change(number)`, which returns a Result, in the place of the number; returns the number before. If that
  /// fails, nothing is changed. `change` may be called again. Code::absent: the object was removed (open it anew);
  /// Code::timed_out: a change of several objects does not get done.
  template <class Change>
  os::Result<std::uint64_t> update(Change change) noexcept {
    for (;;) {
      const auto seen = ready();
      if (!seen) {
        return std::unexpected(seen.error());
      }
      const os::Result<std::uint64_t> wanted = change(seen->number);
      if (!wanted) {
        return wanted;
      }
      if (exchange(*seen, *wanted)) {
        return seen->number;
      }
    }
  }

  /// The short way of update(), for what nearly every change meets: `change(number, wanted)`, which may be called
  /// again, says whether it can be done and puts into `wanted` what the number becomes. False: nothing was changed, and
  /// update() will tell why. There is no Result in it: to make one takes longer than to exchange the number.
  template <class Change>
  [[nodiscard]] bool update_at_once(Change change) noexcept {
    auto& cell = words(segment_);
    while (!segment_.held_.on) {
      const std::uint64_t number = __atomic_load_n(&cell.number, __ATOMIC_ACQUIRE);
      const std::uint64_t tag = __atomic_load_n(&cell.tag, __ATOMIC_ACQUIRE);
      std::uint64_t wanted = 0;
      if (!is_count(tag) || !change(number, wanted)) {
        break;
      }
      if (exchange_both(cell, number, tag, wanted, next_count(tag))) {
        wake_sleepers(segment_);
        return true;
      }
    }
    return false;
  }

  /// The object has got another name: who keeps it open under the old one must know.
  void note_new_name() noexcept { __atomic_fetch_add(&words(segment_).renamed, 1, __ATOMIC_ACQ_REL); }
  /// Marks the object as removed, for whoever has it open. Its file is still there.
  os::Result<void> mark_removed() noexcept;
  /// Of a segment that is a cell, open for writing.
  static os::Result<Presence> presence(const Segment& segment) noexcept;

  // Waiting for a change: announce(), look at the number, wait().
  /// That somebody may sleep; returns what to wait with.
  std::uint64_t announce() noexcept;
  /// Sleeps until the number changes after announce() or `deadline_ns` of the monotonic clock has passed (-1: none), or
  /// shorter: at most a tenth of a second.
  void wait(std::uint64_t announced, std::int64_t deadline_ns) const noexcept;

 private:
  friend class Workspace;
  friend struct WorkspaceEntry;
  /// What tells one state of the cell from all others.
  struct Sight {
    std::uint64_t number = 0;
    std::uint64_t tag = 0;
    bool happened = false;  // the change in the tag
    bool operator==(const Sight&) const = default;
  };
  [[nodiscard]] static CellWords& words(const Segment& segment) noexcept {
    return *reinterpret_cast<CellWords*>(segment.payload());
  }
  /// The number as soon as anybody may change it.
  os::Result<Sight> ready() noexcept;
  bool exchange(const Sight& seen, std::uint64_t wanted) noexcept;
  /// Waits until deadline_ns for the change `tag` to be decided, and makes what it decided so. Code::absent,
  /// timed_out.
  static os::Result<void> settle(const Segment& segment, std::uint64_t tag, std::int64_t deadline_ns) noexcept;
  static void wake(const Segment& segment) noexcept;
  /// Right after an exchange, which is a full barrier.
  static void wake_sleepers(const Segment& segment) noexcept {
    if (__atomic_load_n(&words(segment).sleepers, __ATOMIC_ACQUIRE) != 0) {
      wake(segment);
    }
  }
  static constexpr std::uint64_t next_count(std::uint64_t tag) noexcept { return (tag + 2) % store::least_change_id; }
  static bool exchange_both(CellWords& words, std::uint64_t number, std::uint64_t tag, std::uint64_t new_number,
                            std::uint64_t new_tag) noexcept {
    auto& both = reinterpret_cast<os::WideWord&>(words.number);
    return os::exchange_wide(both, {number, tag}, {new_number, new_tag});
  }

  // For Workspace.
  /// The number and the rest, past what this process alone sees.
  static os::Result<Sight> look(const Segment& segment) noexcept;
  /// Puts the change's id into the tag; returns the number. As settle().
  static os::Result<std::uint64_t> take(const Segment& segment, std::uint64_t change,
                                        std::int64_t deadline_ns) noexcept;
  /// Takes the change's id away. False: the object was made by it, and is removed now.
  static bool let_go(const Segment& segment, std::uint64_t change, std::uint64_t wanted, bool happened) noexcept;

  Segment segment_;
};

}  // namespace shm::segment
