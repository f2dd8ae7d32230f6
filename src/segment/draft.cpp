#include "segment/draft.hpp"
#include "segment/region.hpp"

namespace shm::segment {

using os::Result;

Result<Draft> Draft::commit(Transaction& change, Ref block, Ref at, std::uint64_t size) noexcept {
  // The last of its bytes may be written as a whole word.
  const std::uint64_t whole = change.size_of(block);
  const std::uint64_t before = at.offset - block.offset;
  if (at.offset < block.offset || !Memory::inside(before, 0, whole) || size > whole - before) {
    change.mark_damaged();
  }
  if (!change.mine()) {
    return std::unexpected(change.commit().error());
  }
  const Draft draft(*change.region_, change.session_, at, size);
  change.quiet_ = true;
  if (const auto done = change.commit(); !done) {
    return std::unexpected(done.error());
  }
  return draft;
}

bool Draft::mine() const noexcept { return region_->session_.id() == session_; }

bool Draft::put(std::span<const std::byte> bytes) const noexcept {
  if (!mine() || bytes.size() > size_) {
    return false;
  }
  region_->memory_.store_bytes(at_.offset, bytes);
  return true;
}

bool Draft::get(os::Buffer& into) const noexcept {
  const std::uint64_t before = into.size();
  if (!mine() || size_ > ~before || !into.reserve(before + size_)) {
    return false;
  }
  region_->memory_.load_bytes(at_.offset, {into.data() + before, size_});
  into.grown_to(before + size_);
  return true;
}

bool Draft::lives(const Transaction& change, std::uint64_t session) noexcept {
  constexpr std::uint64_t last_id = (std::uint64_t{1} << 63U) - 1;  // as far as a file has bytes
  if (session == 0 || session > last_id || !change.mine()) {
    return session != 0 && session <= last_id;
  }
  const auto answer = change.region_->session_.lives(session);
  return !answer || *answer;
}

}  // namespace shm::segment
