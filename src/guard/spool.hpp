// The spool of a run: what its command has written, in the order in which it came, kept for those who look at it
// meanwhile or afterwards. A file without a name, which nobody can find and which is gone with its last reader.
// The supervisor alone writes it, by Spool; whoever has its descriptor reads it, by SpoolReader, also while it grows.
// Layout: frames, each a word (pack_frame) and its bytes. The first one is of Kind::gone: so many bytes behind it are
// no longer kept, and the next frame begins there. A frame never changes; only that first word does.
#pragma once
#include <deque>
#include <span>
#include "os/fd.hpp"
#include "os/standard_streams.hpp"

namespace shm::guard {

/// What a frame holds. The numbers are those of the standard streams.
enum class FrameKind : std::uint8_t { gone = 0, out = 1, error = 2 };

constexpr std::uint64_t pack_frame(FrameKind kind, std::uint64_t size) noexcept {
  return (size << 8U) | static_cast<std::uint64_t>(kind);
}
constexpr std::uint64_t size_of_frame(std::uint64_t word) noexcept { return word >> 8U; }
constexpr std::uint64_t frame_head = sizeof(std::uint64_t);

class Spool {
 public:
  /// `directory`: where to make the file if possible; may be null. At most about `most` bytes are kept: the newest.
  explicit Spool(const char* directory, std::uint64_t most) noexcept : directory_(directory), most_(most) {}

  /// Makes the file, if it has not been made yet. Code::full, system.
  os::Result<void> open() noexcept;
  /// Adds a frame, or nothing at all. Code::full: the disk is.
  os::Result<void> add(os::Stream stream, std::span<const std::byte> bytes) noexcept;
  /// A descriptor to hand out, or to read by; once it is open.
  [[nodiscard]] int reading() const noexcept { return reading_.get(); }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
  os::Result<void> make() noexcept;
  os::Result<void> write_frame(std::uint64_t word, std::span<const std::byte> bytes) noexcept;
  void forget_oldest() noexcept;

  const char* directory_;
  std::uint64_t most_;
  os::Fd file_;
  os::Fd reading_;
  std::uint64_t size_ = 0;
  std::deque<std::uint64_t> marks_;  // some places where frames begin, far from each other
};

}  // namespace shm::guard
