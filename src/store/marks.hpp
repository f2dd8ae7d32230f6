// What a store is told of its objects and jobs by pattern: which are saved (shmctl persist), which the metrics show
// (shmctl export). They are in one file of the store, `,marks`, which is read and replaced as a whole: at every moment,
// and after every kill and power cut, it has the old marks or the new ones. Any process; one thread.
// Invariant: there is one mark of a use, a sort and a pattern.
#pragma once
#include "os/buffer.hpp"
#include "store/store.hpp"

namespace shm::store {

enum class MarkWhat : std::uint8_t {
  persisted,  ///< is saved
  exported,   ///< is shown by the metrics
};

struct Mark {
  MarkWhat what = MarkWhat::persisted;
  bool for_jobs = false;     ///< the names are jobs', not objects'
  std::string_view pattern;  ///< a name or a glob, as fnmatch(3) has it; no control characters
  std::string_view text;     ///< what else is said of them, any bytes; only who sets such marks knows what it means

  /// Whether it is about the object (or job, as for_jobs says) of that name.
  [[nodiscard]] bool covers(std::string_view name) const noexcept;
  [[nodiscard]] bool same_place(const Mark& other) const noexcept {
    return what == other.what && for_jobs == other.for_jobs && pattern == other.pattern;
  }
};

inline constexpr std::size_t longest_pattern = 512;
inline constexpr std::size_t longest_mark_text = 4096;
inline constexpr std::size_t most_marks = 4096;

/// Marks, with the memory that they refer to.
class Marks {
 public:
  Marks() = default;
  /// Sorted by use, sort and pattern.
  [[nodiscard]] std::span<const Mark> all() const noexcept {
    return {reinterpret_cast<const Mark*>(list_.data()), list_.size() / sizeof(Mark)};
  }
  /// The first of `what` that covers that object or job; null: none does.
  [[nodiscard]] const Mark* find(MarkWhat what, bool for_jobs, std::string_view name) const noexcept;

  /// The content of a file of marks. Code::corrupt; `object` is the store, for the error.
  static os::Result<Marks> parse(os::Buffer content, std::string_view object) noexcept;

 private:
  os::Buffer content_;
  os::Buffer list_;  // of Mark, whose views point into content_
};

/// Code::usage for a pattern or a text that can't be one.
os::Result<void> check_mark(const Mark& mark) noexcept;

/// All marks of the store; none where it has no such file. Code::denied, untrusted, corrupt.
os::Result<Marks> read_marks(const Store& store) noexcept;

/// Sets all of `marks` in one step; each takes the place of one of the same use, sort and pattern. Code::usage as
/// check_mark(); limit; timed_out: a stopped process is changing them; denied, full, corrupt.
os::Result<void> set_marks(const Store& store, std::span<const Mark> marks) noexcept;
inline os::Result<void> set_mark(const Store& store, const Mark& mark) noexcept { return set_marks(store, {&mark, 1}); }

/// Code::absent: there is no such mark.
os::Result<void> clear_mark(const Store& store, MarkWhat what, bool for_jobs, std::string_view pattern) noexcept;

}  // namespace shm::store
