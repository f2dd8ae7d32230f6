// Reading a spool (spool.hpp), of a run of this program or of another's, while it grows or afterwards. What is read is
// not trusted: it may be any file. Any process that has the descriptor; one thread.
#pragma once
#include <memory>
#include <optional>
#include "guard/spool.hpp"

namespace shm::guard {

class SpoolReader {
 public:
  /// `file` must stay open longer than this. It begins with the oldest frame there is.
  explicit SpoolReader(int file) noexcept : file_(file) {}

  struct Piece {
    os::Stream stream = os::Stream::out;
    std::string_view bytes;  ///< until the next call
  };
  /// The next bytes before `end`, which is a size that the spool has had; nothing: that is all until then.
  /// Code::corrupt: it is no spool.
  os::Result<std::optional<Piece>> next(std::uint64_t end) noexcept;

  /// To begin with what comes after `end`.
  void skip_to(std::uint64_t end) noexcept;
  /// To begin with the last `lines` lines before `end`, of both streams together. A last line without its newline is
  /// one too.
  os::Result<void> skip_to_last_lines(std::uint64_t lines, std::uint64_t end) noexcept;

  /// How many bytes of the spool were no longer kept when they would have been read.
  [[nodiscard]] std::uint64_t missed() const noexcept { return missed_; }

 private:
  os::Result<bool> enter_frame(std::uint64_t end) noexcept;
  os::Result<void> read_at(std::uint64_t at, void* bytes, std::uint64_t size) noexcept;
  os::Result<bool> overtaken() noexcept;

  static constexpr std::uint64_t piece_size = 65536;

  int file_;
  std::uint64_t at_ = 0;
  std::uint64_t frame_left_ = 0;  // of the frame that at_ is in
  FrameKind kind_ = FrameKind::gone;
  std::uint64_t missed_ = 0;
  std::uint64_t unwanted_[2] = {};  // bytes of each stream not to be told
  std::unique_ptr<char[]> piece_;
};

}  // namespace shm::guard
