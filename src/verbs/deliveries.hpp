// What many lines of `exec` took out of objects and have not brought to standard output yet. While there is any,
// signals that would end the program wait, and what can't be written in the end is put back where it came from: what a
// Handout does for one call, for all the calls until the next flush. Single-threaded.
#pragma once
#include <functional>
#include <optional>
#include <vector>
#include "cli/output.hpp"
#include "os/delivery.hpp"

namespace shm::verbs {

class Deliveries {
 public:
  /// Puts back the items from number `first` on. Nothing that it refers to may be the call's.
  using PutBack = std::move_only_function<void(std::size_t first)>;

  /// From now on until it ends, it is active().
  Deliveries() noexcept { active_ = this; }
  Deliveries(const Deliveries&) = delete;
  Deliveries& operator=(const Deliveries&) = delete;
  ~Deliveries() { active_ = nullptr; }
  /// Null: each call brings what it takes to standard output itself.
  static Deliveries* active() noexcept { return active_; }

  /// Something may be taken from now on: signals wait until nothing more is to be written. Null with hold_nothing().
  os::Delivery* begin() noexcept;
  /// From now on nothing that is taken holds signals, or is put back: it has not happened yet, and hold() comes first.
  void hold_nothing() noexcept { holds_nothing_ = true; }
  /// Signals wait until all is written or let_go().
  void hold() noexcept;
  void let_go() noexcept { delivery_.reset(); }
  [[nodiscard]] bool holds_signals() const noexcept { return delivery_.has_value(); }
  /// It was taken: item number I ends at byte ends[I] of what is pending.
  void add(std::vector<std::size_t> ends, PutBack put_back);
  /// `size` bytes were put into what is pending, at byte `at`.
  void shift(std::size_t at, std::size_t size) noexcept;

  /// Writes the first `size` bytes of what is pending, or else puts back what was in the rest; then that is dropped.
  os::Result<void> write(cli::Output& output, std::size_t size);

 private:
  struct Taken {
    std::vector<std::size_t> ends;
    PutBack put_back;
  };
  void put_back(std::size_t written);

  static inline Deliveries* active_ = nullptr;
  bool holds_nothing_ = false;
  std::optional<os::Delivery> delivery_;
  std::vector<Taken> all_;
};

}  // namespace shm::verbs
