// The heap of an object: blocks of fixed sizes (size_class.hpp), a list of free ones for each size, and a top from
// which new ones are cut. Its words change as all others do, through the log. What a transaction frees joins the lists
// as its last step: until then the old content needs it. The link in a block's first word means nothing while the block
// is in use. That is why freeing needs no log for it, unless the block may have come from a free list in the same
// transaction.
#include "segment/region.hpp"
#include "segment/size_class.hpp"
#include "segment/transaction.hpp"

namespace shm::segment {

using os::Code;

namespace {
// The class of the block at `at`; size_classes when there can't be a block.
std::size_t class_at(const Memory& memory, std::uint64_t capacity, std::uint64_t at) noexcept {
  if (at < heap_start || at % 16 != 0 || !Memory::inside(at, 16, capacity)) {
    return size_classes;
  }
  const std::size_t size_class = class_in(memory.load(at));
  return size_class < size_classes && Memory::inside(at, class_size(size_class), capacity) ? size_class : size_classes;
}

constexpr std::uint64_t list_of(std::size_t size_class) noexcept {
  return offsetof(Control, free_blocks) + size_class * 8;
}

// The largest class of at most `size` bytes, a multiple of 16 and not 0.
constexpr std::size_t class_below(std::uint64_t size) noexcept {
  const std::size_t size_class = class_of(size);
  return class_size(size_class) == size ? size_class : size_class - 1;
}
}  // namespace

Fresh Transaction::allocate(std::uint64_t size) noexcept {
  if (!mine() || failed()) {
    return {};
  }
  const std::size_t size_class = size < class_size(size_classes - 1) ? class_of(size + block_word) : size_classes;
  std::uint64_t at = 0;
  if (size_class < size_classes) {
    at = take_free(size_class);
    at = at != 0 || failed() ? at : take_top(size_class);
    at = at != 0 || failed() ? at : take_larger(size_class);
  }
  if (at == 0 || failed()) {
    fail(os::fail(Code::full, "change", region_->name(), "no memory is left for it",
                  "free some in its file system, or remove something of it"));
    return {};
  }
  return {*region_, session_, {at + block_word}, class_size(size_class) - block_word};
}

std::uint64_t Transaction::take_free(std::size_t size_class) noexcept {
  const std::uint64_t at = memory_.load(list_of(size_class));
  if (at == 0) {
    return 0;
  }
  will_write({at});
  if (class_at(memory_, capacity_, at) != size_class) {
    mark_damaged();
    return 0;
  }
  reused_ = true;
  log_and_store(list_of(size_class), next_of(memory_.load(at)));
  return at;
}

std::uint64_t Transaction::take_top(std::size_t size_class) noexcept {
  if (!grow_log(count_of(load(memory_.control().head)))) {  // it may raise the top itself: before the top is read
    return 0;
  }
  const std::uint64_t at = top();
  if (at == 0 || !grow(at + class_size(size_class))) {
    return 0;
  }
  log_and_store(offsetof(Control, top), at + class_size(size_class));
  memory_.store(at, block_head(0, size_class));
  return at;
}

// Where nothing can grow, a larger free block serves; what is over becomes free blocks again.
std::uint64_t Transaction::take_larger(std::size_t size_class) noexcept {
  for (std::size_t larger = size_class + 1; larger < size_classes; ++larger) {
    const std::uint64_t at = take_free(larger);
    if (at == 0 && !failed()) {
      continue;
    }
    log_and_store(at, block_head(0, size_class));
    std::uint64_t rest_at = at + class_size(size_class);
    for (std::uint64_t rest = class_size(larger) - class_size(size_class); rest > 0 && !failed();) {
      const std::size_t part = class_below(rest);
      memory_.store(rest_at, block_head(memory_.load(list_of(part)), part));
      log_and_store(list_of(part), rest_at);
      rest_at += class_size(part);
      rest -= class_size(part);
    }
    return at;
  }
  return 0;
}

void Transaction::free(Ref block) noexcept {
  if (!mine() || failed()) {
    return;
  }
  const std::uint64_t at = block.offset - block_word;
  const std::size_t size_class = class_at(memory_, capacity_, at);
  if (size_class == size_classes) {
    mark_damaged();
    return;
  }
  chain(at, block_head(freed_, size_class));
  freed_ = at;
}

void Transaction::chain(std::uint64_t at, std::uint64_t head) noexcept {
  if (reused_) {
    log_and_store(at, head);
  } else {
    memory_.store(at, head);
  }
}

void Transaction::hand_back() noexcept {
  Walk walk(*this);
  std::size_t noted = size_classes;  // the list whose first block is in the log already
  while (freed_ != 0 && walk.step() && !failed()) {
    const std::uint64_t at = freed_;
    const std::size_t size_class = class_at(memory_, capacity_, at);
    if (size_class == size_classes) {  // who else may write has changed it since free()
      mark_damaged();
      return;
    }
    freed_ = next_of(memory_.load(at));
    chain(at, block_head(memory_.load(list_of(size_class)), size_class));
    if (size_class == noted) {
      memory_.store(list_of(size_class), at);
    } else {
      log_and_store(list_of(size_class), at);
      noted = size_class;
    }
  }
}

std::uint64_t Transaction::size_of(Ref block) const noexcept {
  const std::size_t size_class = class_at(memory_, capacity_, block.offset - block_word);
  if (size_class == size_classes) {
    mark_damaged();
    return 0;
  }
  return class_size(size_class) - block_word;
}

Fresh Transaction::spare(Ref block, std::uint64_t used) noexcept {
  const std::uint64_t from = (used + 7) / 8 * 8;
  const std::uint64_t size = size_of(block);
  if (failed() || !mine() || used > size) {  // sizes are multiples of 8
    return {};
  }
  return {*region_, session_, {block.offset + from}, size - from};
}

}  // namespace shm::segment
