#include "object/list_chunks.hpp"
#include <bit>

namespace shm::object::list {

namespace {
constexpr std::uint64_t least_directory = 8;
constexpr std::uint64_t most_chunks = std::uint64_t{1} << 32;  // more than any object has room for
}  // namespace

Shape::Shape(const Reader& reader) noexcept {
  const Ref block = reader.ref_root(directory);
  if (!block) {
    return;
  }
  Shape read = *this;
  read.entries = block;
  read.size = reader.get_root(directory_size);
  read.first = reader.get_root(directory_first);
  read.chunks = reader.get_root(chunk_count);
  read.start = reader.get_root(list::start);
  read.length = reader.get_root(list::length);
  if (!std::has_single_bit(read.size) || read.size > most_chunks || read.first >= read.size ||
      read.chunks > read.size || read.start >= chunk_slots || read.length > read.chunks * chunk_slots ||
      read.start + read.length > read.chunks * chunk_slots) {
    reader.mark_damaged();
    return;
  }
  *this = read;
}

void Tail::add(std::uint64_t slot) {
  if (used_ == chunk_slots) {
    write();
  }
  words_[++used_] = slot;
  ++length_;
}

void Tail::write() {
  const auto chunk = change_.allocate(sizeof words_);
  chunk.put_bytes(0, std::as_bytes(std::span(words_, used_ + 1)));
  chunks_.push_back(chunk.ref());
  used_ = 0;
}

void Chunks::set_length(std::uint64_t now) noexcept {
  shape_.length = now;
  change_.set_root(list::length, now);
}

void Chunks::set_start(std::uint64_t now) noexcept {
  if (shape_.start != now) {
    shape_.start = now;
    change_.set_root(list::start, now);
  }
}

void Chunks::set_chunks(std::uint64_t now) noexcept {
  shape_.chunks = now;
  change_.set_root(chunk_count, now);
}

// Room in the directory; it doubles, so that a chunk costs the same however many there are.
bool Chunks::reserve(std::uint64_t chunks) noexcept {
  if (chunks <= shape_.size) {
    return true;
  }
  const std::uint64_t size = std::bit_ceil(std::max(chunks, least_directory));
  const auto larger = change_.allocate(size * 8);
  for (std::uint64_t i = 0; i < shape_.chunks && !change_.failed(); ++i) {
    larger.put(i, shape_.chunk(change_, i).offset);
  }
  if (change_.failed()) {
    return false;
  }
  if (shape_.entries) {
    change_.free(shape_.entries);
  }
  shape_.entries = larger.ref();
  shape_.size = size;
  shape_.first = 0;
  change_.set_root(directory, shape_.entries);
  change_.set_root(directory_size, size);
  change_.set_root(directory_first, 0);
  return true;
}

bool Chunks::make_room(End end) noexcept {
  const bool front = end == End::front;
  if (front && shape_.length == 0 && shape_.chunks > 0) {
    shape_.start = chunk_slots;  // for now: who asked for room moves it down
  }
  if (front ? shape_.start > 0 : shape_.start + shape_.length < shape_.chunks * chunk_slots) {
    return true;
  }
  const auto chunk = change_.allocate((chunk_slots + 1) * 8);
  chunk.put(0, 0);
  if (!reserve(shape_.chunks + 1) || change_.failed()) {
    return false;
  }
  if (front) {
    shape_.first = (shape_.first - 1) & (shape_.size - 1);
    change_.set_root(directory_first, shape_.first);
    shape_.start = chunk_slots;
  }
  const std::uint64_t number = front ? 0 : shape_.chunks;
  change_.set(shape_.entries + ((shape_.first + number) & (shape_.size - 1)), chunk.ref());
  set_chunks(shape_.chunks + 1);
  return true;
}

void Chunks::drop(End end) noexcept {
  const bool front = end == End::front;
  set_length(shape_.length - 1);
  std::uint64_t left = shape_.start + (front ? 1 : 0);
  const bool over =
      front ? left == chunk_slots : shape_.chunks > 1 && left + shape_.length <= (shape_.chunks - 1) * chunk_slots;
  if (over && shape_.chunks > 1) {
    change_.free(shape_.chunk(change_, front ? 0 : shape_.chunks - 1));
    if (front) {
      shape_.first = (shape_.first + 1) & (shape_.size - 1);
      change_.set_root(directory_first, shape_.first);
    }
    set_chunks(shape_.chunks - 1);
  }
  left = front && over ? 0 : left;
  set_start(left);
}

void Chunks::push(End end, std::uint64_t slot) noexcept {
  if (!make_room(end)) {
    return;
  }
  if (end == End::front) {
    set_start(shape_.start - 1);
  }
  set_length(shape_.length + 1);
  set(end == End::front ? 0 : shape_.length - 1, slot);
}

std::uint64_t Chunks::pop(End end) noexcept {
  const std::uint64_t slot = get(end == End::front ? 0 : shape_.length - 1);
  drop(end);
  return slot;
}

Tail Chunks::tail(std::uint64_t from) {
  Tail tail(change_);
  const std::uint64_t first = first_replaced(from) * chunk_slots;  // that slot and those behind it are replaced
  for_each(change_, shape_, first > shape_.start ? first - shape_.start : 0, from,
           [&](std::uint64_t, std::uint64_t slot) {
             tail.add(slot);
             return true;
           });
  return tail;
}

void Chunks::replace(std::uint64_t from, Tail& tail) {
  const std::uint64_t kept = first_replaced(from);
  if (tail.used_ > 0) {
    tail.write();
  }
  const std::uint64_t kept_items = kept == 0 ? 0 : kept * chunk_slots - shape_.start;
  for (std::uint64_t i = kept; i < shape_.chunks && !change_.failed(); ++i) {
    change_.free(shape_.chunk(change_, i));
  }
  const std::uint64_t chunks = kept + tail.chunks_.size();
  shape_.chunks = kept;  // the others need no copy where the directory grows
  if (!reserve(chunks)) {
    return;
  }
  for (std::uint64_t i = kept; i < chunks; ++i) {
    change_.set(shape_.entries + ((shape_.first + i) & (shape_.size - 1)), tail.chunks_[i - kept]);
  }
  set_chunks(chunks);
  if (kept == 0) {
    set_start(0);
  }
  set_length(kept_items + tail.length_);
}

void Chunks::clear() noexcept {
  for (std::uint64_t i = 0; i < shape_.chunks && !change_.failed(); ++i) {
    change_.free(shape_.chunk(change_, i));
  }
  if (!shape_.entries) {
    return;
  }
  change_.free(shape_.entries);
  for (const auto word : {directory, directory_size, directory_first, chunk_count, list::start, list::length}) {
    if (change_.get_root(word) != 0) {
      change_.set_root(word, 0);
    }
  }
  shape_ = Shape(change_);
}

}  // namespace shm::object::list
