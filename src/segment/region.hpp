// An object that is changed by transactions, open: its file in memory, the way to change it, to read it and to wait for
// it. What a kind of more than one word is made of. The Store must outlive it and stay where it is.
// One thread at a time per Region; any number of Regions, in any processes, may be open on the object.
#pragma once
#include <new>
#include "os/mapping.hpp"
#include "os/short_life.hpp"
#include "segment/segment.hpp"
#include "segment/session.hpp"
#include "segment/transaction.hpp"
#include "segment/view.hpp"
#include "store/name.hpp"
#include "store/object_file.hpp"

namespace shm::segment {

/// How long a change waits for the one before it, unless somebody said otherwise.
inline constexpr std::int64_t default_patience_ns = 10'000'000'000;
inline constexpr std::int64_t never = -1;

class Region {
 public:
  /// Creates the object with empty heap and `root_words` root words of `first` (fewer: the rest are 0). `object` lacks
  /// payload and size only. Code::exists, as store::create_object().
  static os::Result<void> create(const store::Store& store, std::string_view name, const store::NewObject& object,
                                 std::span<const std::uint64_t> first = {}) noexcept {
    return create(store, name, object, first, 0, {});
  }
  /// The same with `size` bytes that are the object's for its life and stay where they are, at fixed(): `content`, then
  /// all 0. They are no block of the heap. Code::limit: more than an object can have.
  static os::Result<void> create(const store::Store& store, std::string_view name, const store::NewObject& object,
                                 std::span<const std::uint64_t> first, std::uint64_t size,
                                 std::span<const std::byte> content) noexcept;
  static constexpr Ref fixed() noexcept { return {heap_start}; }
  /// How many bytes can be there in this object.
  [[nodiscard]] std::uint64_t fixed_room() const noexcept { return header_.payload_size - heap_start; }
  /// Opens what is there, of whatever kind; header() tells. Code::absent, denied, untrusted, corrupt, full. Within a
  /// Workspace it may be one that was open before; within one of several objects' changes, it is part of the change
  /// from now on (Code::timed_out: somebody else is changing it), begin() goes on with that and read() sees it.
  static os::Result<Region> open(const store::Store& store, std::string_view name, os::Access access) noexcept;

  /// The same outside of any Workspace.
  static os::Result<Region> open_anew(const store::Store& store, std::string_view name, os::Access access) noexcept;

  Region() = default;  ///< none: only to be assigned to
  Region(Region&&) = default;
  Region& operator=(Region&& other) noexcept {
    if (this != &other) {
      this->~Region();
      new (this) Region(std::move(other));
    }
    return *this;
  }
  ~Region() {
    if (kept_) {
      kept_.give_back(*this);
    }
    if (file_ && os::leave_to_the_end()) {
      file_.release();
    }
  }

  [[nodiscard]] const store::Header& header() const noexcept { return header_; }
  [[nodiscard]] const os::FileInfo& info() const noexcept { return info_; }
  [[nodiscard]] std::string_view name() const noexcept { return name_.view(); }
  [[nodiscard]] bool writable() const noexcept { return writable_; }
  /// How long begin() waits for somebody else's change to end, and read() for changes to pause; -1: without end.
  void set_patience(std::int64_t ns) noexcept { patience_ns_ = ns; }
  [[nodiscard]] std::int64_t patience() const noexcept { return patience_ns_; }

  /// Begins a change. Code::timed_out names who holds the lock; Code::absent: the object was removed meanwhile (open it
  /// anew); Code::denied: it is not open for writing, or a right is missing; Code::corrupt, full.
  os::Result<Transaction> begin() noexcept;

  /// Changes a word of the heap without the lock, if nobody has that: see region_word.hpp. `wanted(now, next)` says
  /// what it is to be, perhaps several times; false from it leaves the word alone. Returns what it said last. As
  /// begin().
  template <class Wanted>
  os::Result<bool> change_word(Ref at, Wanted wanted) noexcept;
  /// As read() of one word, with less ado: region_word.hpp too.
  [[nodiscard]] os::Result<std::uint64_t> read_word(Ref at) const noexcept;

  /// Calls `look(reader)`, which returns a Result, until it has seen one state of the object and no mix, and returns
  /// what it returned then. Waits for no writer: not for a stopped one, nor for a dead one. `look` must be able to run
  /// again; a long walk asks Walk::step(). Code::timed_out: it changes too fast; Code::corrupt; what `look` says.
  template <class Look>
  auto read(Look look) const noexcept -> decltype(look(std::declval<const Reader&>())) {
    if (outer_.on) {
      const Inside inside(memory_, outer_.capacity);
      auto seen = look(static_cast<const Reader&>(inside));
      return inside.damaged() ? std::unexpected(damaged_content()) : std::move(seen);
    }
    View view(memory_, *this);
    while (view.next()) {
      auto seen = look(static_cast<const Reader&>(view));
      if (view.holds()) {
        return view.damaged() ? std::unexpected(view.error()) : std::move(seen);
      }
    }
    return std::unexpected(view.error());
  }

  /// Changes with each change of the object.
  [[nodiscard]] std::uint64_t generation() const noexcept;
  /// Sleeps until the generation is no longer `seen` or `deadline_ns` of the monotonic clock has passed, or shorter: at
  /// most a tenth of a second, so that what no change tells of (time, deaths) is looked at as well.
  void wait(std::uint64_t seen, std::int64_t deadline_ns) const noexcept;
  /// Calls `attempt()`, which returns a Result, until it returns something else than an error of code `not_yet`, and
  /// waits for changes in between, until `deadline_ns` (-1: without end): then Code::timed_out. With 0 it does not
  /// wait, and returns what `attempt` did. `again_ns`: where `attempt` leaves the moment of the monotonic clock at
  /// which it should be called anew though nothing has changed; -1: none.
  template <class Attempt>
  auto wait_for(os::Code not_yet, std::int64_t deadline_ns, Attempt attempt, const std::int64_t& again_ns = never)
      -> decltype(attempt()) {
    for (;;) {
      const std::uint64_t seen = generation();
      auto result = attempt();
      if (result || result.error().code != not_yet || deadline_ns == 0 || outer_.on) {
        return result;
      }
      if (passed(deadline_ns)) {
        return std::unexpected(os::fail(os::Code::timed_out, result.error().attempt, name(), result.error().why,
                                        "the time to wait is over"));
      }
      wait(seen, deadline_ns < 0 || (again_ns >= 0 && again_ns < deadline_ns) ? again_ns : deadline_ns);
    }
  }

  /// Whether it is part of a change of several objects, which nothing here can wait for.
  [[nodiscard]] bool held() const noexcept { return outer_.on; }

  /// The object has got another name: who keeps it open under the old one must know. Under its lock.
  void note_new_name() noexcept;
  /// Bytes that the object's file has now, header included.
  [[nodiscard]] std::uint64_t file_size() const noexcept;

 private:
  friend class Draft;
  friend class Fresh;
  friend class Transaction;
  friend class View;
  friend class Workspace;
  friend struct WorkspaceEntry;
  friend struct Inspector;  // the tests' way in
  // A change of several objects, between two of its operations.
  struct Outer {
    bool on = false;
    bool dirty = false;   // it has changed something
    bool failed = false;  // why is in failure_
    bool reused = false;  // as in Transaction, like the next four
    std::uint64_t freed = 0;
    std::uint64_t old_top = 0;
    std::uint64_t noted = 0;
    std::uint64_t capacity = 0;
  };
  static bool passed(std::int64_t deadline_ns) noexcept;
  [[nodiscard]] os::Error damaged_content() const noexcept;
  // Undoes, or makes whole, what the lock's last owner left. The lock must be held.
  os::Result<void> recover(std::uint64_t capacity) noexcept;
  // For Workspace; held.cpp.
  /// What tells one state of the object from all others.
  struct Sight {
    std::uint64_t head = 0;
    bool happened = false;  // the change under way, which is one of several objects
    bool operator==(const Sight&) const = default;
  };
  [[nodiscard]] Sight sight() const noexcept;
  [[nodiscard]] bool changed() const noexcept;
  [[nodiscard]] bool is_unborn() const noexcept;
  os::Result<void> hold() noexcept;
  os::Result<void> complete() noexcept;
  void join(std::uint64_t change) noexcept;
  void let_go(bool happened) noexcept;
  /// The capacity, once it was checked against what is mapped and what the file has; Code::corrupt.
  [[nodiscard]] os::Result<std::uint64_t> capacity() const noexcept;
  os::Result<void> ensure_session() noexcept;
  [[nodiscard]] os::Result<void> check_word(Ref at) const noexcept;
  void unlock() noexcept;
  /// Gives the payload memory up to byte `end` at least; the lock must be held. Code::full.
  os::Result<std::uint64_t> grow(std::uint64_t end) noexcept;
  /// Takes the file's name away, whatever it is now.
  os::Result<void> finish_removal() noexcept;
  /// `removed` too when another object has taken its name.
  [[nodiscard]] os::Result<Presence> presence() const noexcept;
  [[nodiscard]] bool has_no_name() const noexcept;

  Kept kept_;  // first: what gives back must still be whole
  Outer outer_;
  const store::Store* store_ = nullptr;
  os::Fd file_;
  os::Mapping mapping_;
  Memory memory_;
  Session session_;
  store::Header header_{};
  os::FileInfo info_;
  os::FileName name_;
  mutable std::uint64_t known_size_ = 0;  // of the file, when last looked at
  std::int64_t patience_ns_ = default_patience_ns;
  bool writable_ = false;
  os::Error failure_;  // of the transaction that failed last
};

}  // namespace shm::segment
