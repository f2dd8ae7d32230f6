// A block whose bytes this session alone copies, in or out, after its transaction is over and while others change the
// object. That it may: the content that was committed says that the block is this session's, and whoever else comes to
// it leaves it alone as long as that session's process lives. To keep that promise is the kind's part; this class sees
// to it that only the session that committed it copies, and only within the block.
// One thread. The Region must outlive it and not be moved.
#pragma once
#include "segment/transaction.hpp"

namespace shm::segment {

class Draft {
 public:
  /// Commits, and gives the block, or part of it: its `size` bytes from `at` on. A change that fails gives none. Wakes
  /// nobody: the change that follows the copying will, and if none does, sleepers look again by themselves.
  static os::Result<Draft> commit(Transaction& change, Ref block, Ref at, std::uint64_t size) noexcept;

  /// The bytes, at its beginning. False: they are too many, or this is a child that a fork made meanwhile.
  [[nodiscard]] bool put(std::span<const std::byte> bytes) const noexcept;
  /// All its bytes, added to `into`. False: there is no memory, or as above.
  [[nodiscard]] bool get(os::Buffer& into) const noexcept;

  /// The number of the session that changes.
  static std::uint64_t session(const Transaction& change) noexcept { return change.session_; }
  /// Whether another session's process lives; true where that can't be told. Asks the kernel. Not of the own session:
  /// what is not known to be in work is not.
  static bool lives(const Transaction& change, std::uint64_t session) noexcept;

 private:
  Draft(const Region& region, std::uint64_t session, Ref at, std::uint64_t size) noexcept
      : region_(&region), session_(session), at_(at), size_(size) {}
  [[nodiscard]] bool mine() const noexcept;
  const Region* region_;
  std::uint64_t session_;
  Ref at_;
  std::uint64_t size_;
};

}  // namespace shm::segment
