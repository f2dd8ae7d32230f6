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
  /// `outer` is the call of exec. It must outlive this.
  explicit LineRunner(const cli::Call& outer);
  LineRunner(const LineRunner&) = delete;
  LineRunner& operator=(const LineRunner&) = delete;

  /// Runs what stands on the line and returns its status; nothing for a line without words. What it prints is pending.
  std::optional<int> run(std::span<char> line, std::uint64_t number);
  /// Writes what is pending. Throws Failure.
  void flush();
  [[nodiscard]] std::size_t pending() const noexcept { return call_.output.pending().size(); }
  /// Whether signals wait until the next flush.
  [[nodiscard]] bool holds_signals() const noexcept { return deliveries_.holds_signals(); }

 private:
  bool read(std::span<char> line);
  void check_verb() const;
  [[nodiscard]] bool waits() const noexcept;
  template <class Act>
  int guarded(Act act);
  void frame(int status, std::uint64_t number);
  static void before_complaint(void* self) noexcept;

  cli::LineParser parser_;
  cli::Call call_;
  std::vector<std::string_view> words_;
  bool framed_;                      ///< each answer begins with its status
  std::size_t answer_ = 0;           ///< where that of this line begins in what is pending
  std::optional<os::Error> broken_;  ///< standard output
  Deliveries deliveries_;
  cli::LineComplaints complaints_;
};

}  // namespace shm::verbs
