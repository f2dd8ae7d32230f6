// One line on standard error that is written anew, over and over, while something is under way. Only on a terminal, and
// only while this program is in its foreground. Single-threaded.
#pragma once
#include <string>
#include <string_view>

namespace shm::cli {

class ProgressLine {
 public:
  ProgressLine() = default;
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  /// Leaves the line as it was drawn last, and goes on below it.
  ~ProgressLine();

  /// Whether there is a terminal to draw on.
  [[nodiscard]] static bool possible() noexcept;
  /// Writes `text` over what was drawn before, cut to the terminal's width.
  void draw(std::string_view text);
  /// As cli::complain(), above the line.
  void complain(std::string_view line);

 private:
  void write(std::string_view before);
  std::string text_;  // empty: nothing is drawn
};

}  // namespace shm::cli
