// One line of `exec` after another, as calls of their verbs: what they print is gathered, what fails is told with the
// line's number. Single-threaded.
#pragma once
#include <optional>
#include <span>
#include "cli/failure.hpp"
#include "cli/line_parser.hpp"
#include "verbs/deliveries.hpp"

namespace shm::verbs {

class LineRunner {
 public:
  enum class Mode : std::uint8_t {
    each,    ///< each line is done for itself, and has been done when it returns
    atomic,  ///< lines are a part of one change: nothing is written or told before its end is known
  };
  /// `outer` is the call of exec. It must outlive this.
  LineRunner(const cli::Call& outer, Mode mode);
  LineRunner(const LineRunner&) = delete;
  LineRunner& operator=(const LineRunner&) = delete;

  /// Runs what stands on the line, which is written over, and returns its status; nothing for a line without words.
  /// What it prints is pending.
  std::optional<int> run(std::span<char> line, std::uint64_t number);
  /// The status that tells whether run() could run it: 0 or that of what is typed wrong.
  int check(std::span<char> line, std::uint64_t number);
  /// Writes what is pending. Throws Failure.
  void flush();
  [[nodiscard]] std::size_t pending() const noexcept { return call_.output.pending().size(); }
  /// Whether signals wait until the next flush.
  [[nodiscard]] bool holds_signals() const noexcept { return deliveries_.holds_signals(); }

  // Of Mode::atomic.
  /// Signals wait until the next flush or drop(): what is pending is about to become true.
  void hold_signals() noexcept { deliveries_.hold(); }
  /// What is pending, and what failed, has not been.
  void drop() noexcept;
  /// Tells what failed, and adds `also` to each line of it.
  void tell(std::string_view also);

 private:
  bool read(std::span<char> line);
  void check_verb() const;
  [[nodiscard]] bool waits() const noexcept;
  template <class Act>
  int guarded(Act act);
  void frame(int status, std::uint64_t number);
  static void before_complaint(void* self) noexcept;

  const Mode mode_;
  cli::LineParser parser_;
  cli::Call call_;
  std::vector<std::string_view> words_;
  bool framed_;                      ///< each answer begins with its status
  std::size_t answer_ = 0;           ///< where that of this line begins in what is pending
  std::optional<os::Error> broken_;  ///< standard output
  std::string held_;                 ///< complaints
  Deliveries deliveries_;
  cli::LineComplaints complaints_;
};

}  // namespace shm::verbs
