// What an object's content is read through, both inside a transaction (Transaction) and from outside (View). Nothing it
// is asked for can make it read outside the object, loop for ever or fail: what makes no sense reads as 0 and is
// remembered, for the memory may be changing, or be another user's who means harm.
// One thread at a time.
#pragma once
#include <span>
#include "os/buffer.hpp"
#include "segment/memory.hpp"
#include "segment/ref.hpp"

namespace shm::segment {

class Overlay;

class Reader {
 public:
  /// The word at `at`.
  [[nodiscard]] std::uint64_t get(Ref at) const noexcept {
    if (!Memory::inside(at.offset, 8, capacity_)) {
      damaged_ = true;
      return 0;
    }
    return overlay_ == nullptr ? memory_.load(at.offset) : get_before(at.offset);
  }
  /// Root word `index`, < root_words.
  [[nodiscard]] std::uint64_t get_root(std::size_t index) const noexcept { return get(root(index)); }
  [[nodiscard]] Ref ref(Ref at) const noexcept { return {get(at)}; }
  [[nodiscard]] Ref ref_root(std::size_t index) const noexcept { return {get_root(index)}; }
  static constexpr Ref root(std::size_t index) noexcept { return {offsetof(Control, root) + index * 8}; }

  /// Begins to bring the word nearer: for who has something else to do before reading it.
  void prefetch(Ref at) const noexcept {
    if (Memory::inside(at.offset, 8, capacity_)) {
      memory_.prefetch(at.offset);
    }
  }

  /// The `size` bytes that begin at the word `at`, added to `into`; false, and nothing added, when they make no sense
  /// or there is no memory for them.
  bool copy(Ref at, std::uint64_t size, os::Buffer& into) const noexcept;
  /// The same, for all the bytes of `to`; false, and they are anything, when that makes no sense.
  bool copy_to(Ref at, std::span<std::byte> to) const noexcept;
  /// Whether the bytes at `at` are those.
  [[nodiscard]] bool equal(Ref at, std::uint64_t size, std::span<const std::byte> bytes) const noexcept;

  /// What the hashes of keys begin with (hash_of()): nobody can choose keys that meet in one bucket of every object.
  [[nodiscard]] std::uint64_t seed() const noexcept { return load(memory_.control().seed); }

  /// For a kind that finds its own content senseless.
  void mark_damaged() const noexcept { damaged_ = true; }
  /// Something that was read makes no sense.
  [[nodiscard]] bool damaged() const noexcept { return damaged_; }

 private:
  [[nodiscard]] std::uint64_t get_before(std::uint64_t offset) const noexcept;

 protected:
  Reader(const Memory& memory, std::uint64_t capacity) noexcept : memory_(memory), capacity_(capacity) {}
  Reader(const Reader&) = default;
  Reader& operator=(const Reader&) = default;
  ~Reader() = default;

  Memory memory_;
  std::uint64_t capacity_ = 0;        // bytes of payload that have memory
  const Overlay* overlay_ = nullptr;  // words as they were before an unfinished change
  std::uint64_t snapshot_ = 0;        // with watch_: the head of which all that is read must be
  bool watch_ = false;
  mutable bool damaged_ = false;

  friend class Walk;
};

/// A walk from Ref to Ref, of which each step is asked for first:
///     Walk walk(reader);
///     for (Ref each = first; each && walk.step(); each = reader.ref(each + next)) ...
class Walk {
 public:
  explicit Walk(const Reader& reader) noexcept;
  /// False when it has taken more steps than the object had parts when it began (what it changes on its way may make it
  /// grow with each step), or when what was read can't be right.
  [[nodiscard]] bool step() noexcept;

 private:
  const Reader& reader_;
  std::uint64_t most_;
  std::uint64_t steps_ = 0;
};

}  // namespace shm::segment
