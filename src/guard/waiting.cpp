#include "guard/waiting.hpp"
#include <algorithm>
#include "os/flock.hpp"
#include "os/random.hpp"

namespace shm::guard {

namespace {
// The marks' part of the file's offsets: each waiter has a byte of its own, drawn at random, so that all are told
// apart.
constexpr std::uint64_t first_mark = std::uint64_t{1} << 40U;
constexpr std::uint64_t marks = std::uint64_t{1} << 60U;
constexpr std::size_t most_told = 10000;
}  // namespace

Waiting::Waiting(const os::Fd& record) noexcept : record_(record) {
  if (const auto id = os::random_id()) {
    at_ = first_mark + (*id % marks & ~std::uint64_t{1});
    (void)os::mark_own_byte(record_, at_);
  }
}

Waiting::~Waiting() {
  if (at_ != 0) {
    os::free_own_byte(record_, at_);
  }
}

bool Waiting::lives(const os::Fd& record, std::uint64_t at) noexcept {
  const auto used = os::byte_used(record, at);
  return at >= first_mark && at <= first_mark + marks && used && *used;
}

// The kernel tells any one mark of a range: the ranges on both sides of it are asked for in turn.
std::vector<int> waiters_of(const os::Fd& record) noexcept {
  struct Range {
    std::uint64_t from;
    std::uint64_t to;
  };
  std::vector<int> waiters;
  std::vector<Range> ranges{{first_mark, first_mark + marks}};
  while (!ranges.empty() && waiters.size() < most_told) {
    const Range range = ranges.back();
    ranges.pop_back();
    const auto found = range.from <= range.to ? os::any_marked_byte(record, range.from, range.to)
                                              : os::Result<os::MarkedByte>(os::MarkedByte{0, -1});
    if (!found || found->pid < 0) {
      continue;
    }
    waiters.push_back(found->pid);
    ranges.push_back({range.from, found->at - 1});
    ranges.push_back({found->at + 1, range.to});
  }
  std::sort(waiters.begin(), waiters.end());
  return waiters;
}

}  // namespace shm::guard
