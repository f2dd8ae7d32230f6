// The words that an unfinished change has changed, as they were before it: a private copy of the undo log, made to look
// words up in. For one reader, one thread.
#pragma once
#include "os/buffer.hpp"
#include "segment/undo.hpp"

namespace shm::segment {

class Overlay {
 public:
  /// Copies the first `count` entries. False: the log can't be read like that (it may have moved on), or no memory.
  bool take(const Memory& memory, std::uint64_t capacity, std::uint64_t count) noexcept;
  /// What the word at `offset` was, if it was changed.
  [[nodiscard]] const std::uint64_t* find(std::uint64_t offset) const noexcept;

 private:
  struct Word {
    std::uint64_t offset;
    std::uint64_t index;  // in the log
    std::uint64_t old;
  };
  [[nodiscard]] std::span<Word> words() const noexcept;
  os::Buffer bytes_;
};

}  // namespace shm::segment
