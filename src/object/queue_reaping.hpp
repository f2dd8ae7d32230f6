// What time and deaths make of a queue's items: delayed ones whose time has come are ready, and so are held ones whose
// holder has ended or whose time is over, unless they had all their attempts. Whoever changes the queue does that
// first; who only reads it tells what it would be. For src/object/queue*.cpp alone. One thread at a time.
#pragma once
#include "object/queue_items.hpp"

namespace shm::object::queue {

/// The moment an operation takes place at, and who lives at it.
class Moment {
 public:
  /// By the clock that counts suspend; asked for at the first need.
  [[nodiscard]] std::int64_t now() noexcept;
  bool lives(const Owner& owner) noexcept { return census_.lives(owner); }

 private:
  std::int64_t now_ = 0;
  Census census_;
};

enum class Fate : std::uint8_t { stays, expired, returned };
/// Of a held item.
Fate fate_of(const Reader& reader, Ref item, Moment& moment) noexcept;
/// Where an item goes that comes back: it is ready, or had its attempts and is buried.
ItemState after_return(const Reader& reader, Ref item, const QueueLimits& limits) noexcept;

/// `ns` after `now_ns`, or the last moment there is.
std::int64_t later(std::int64_t now_ns, std::int64_t ns) noexcept;

/// Makes ready what is delayed and due.
void reap_delayed(Transaction& change, Moment& moment) noexcept;
/// That, and what is held by nobody any more. Returns when the next of these is due, as far as time alone tells; 0:
/// none.
std::int64_t reap(Transaction& change, const QueueLimits& limits, Moment& moment) noexcept;

/// What reap() would do, for who may only read.
struct Outlook {
  std::vector<Ref> arriving;   ///< delayed ones that will be ready, at the back; the first due first
  std::vector<Ref> returning;  ///< held ones that will be ready, at the front; the first to be taken first
  std::vector<Ref> burying;    ///< held ones that will be buried, in the order in which they will
  std::uint64_t expired = 0;
  std::uint64_t returned = 0;
};
Outlook outlook(const Reader& reader, const QueueLimits& limits, Moment& moment);

/// Up to `count` items that will be ready, from that end.
std::vector<Ref> ready_items(const Reader& reader, const Outlook& ahead, End end, std::uint64_t count);

}  // namespace shm::object::queue
