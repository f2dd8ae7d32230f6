// Inserting into the middle of a list, and erasing there. What is done towards the back is described here; towards the
// front it is the same, seen in a mirror: the slots are counted from the other end, and rings turn the other way.
#include "object/list_chunks.hpp"

namespace shm::object::list {

/// The chunks as they are seen when the items from some place up to one end move.
class Chunks::Side {
 public:
  Side(Chunks& chunks, End moved) noexcept : chunks_(chunks), shape_(chunks.shape_), mirrored_(moved == End::front) {}

  [[nodiscard]] bool mirrored() const noexcept { return mirrored_; }
  /// The slots from the first item up to behind the last.
  [[nodiscard]] std::uint64_t begin() const noexcept {
    return mirrored_ ? all() - shape_.start - shape_.length : shape_.start;
  }
  [[nodiscard]] std::uint64_t end() const noexcept { return begin() + shape_.length; }

  /// The ring of one chunk.
  class Part {
   public:
    Part(Side& side, std::uint64_t number) noexcept
        : change_(side.chunks_.change_),
          ring_(change_, side.shape_.chunk(change_, side.mirrored_ ? side.shape_.chunks - 1 - number : number)),
          mirrored_(side.mirrored_) {}
    [[nodiscard]] std::uint64_t get(std::uint64_t number) const noexcept { return change_.get(at(number)); }
    void set(std::uint64_t number, std::uint64_t slot) noexcept { change_.set(at(number), slot); }
    /// Slot 0 is 1 from now on, ..., the last one 0.
    void up() noexcept { ring_.turn(change_, mirrored_ ? 1 : chunk_slots - 1); }
    /// Slot 1 is 0 from now on, ..., 0 the last one.
    void down() noexcept { ring_.turn(change_, mirrored_ ? chunk_slots - 1 : 1); }

   private:
    [[nodiscard]] Ref at(std::uint64_t number) const noexcept {
      return ring_.at(mirrored_ ? chunk_slots - 1 - number : number);
    }
    Transaction& change_;
    Ring ring_;
    bool mirrored_;
  };

  void insert(std::uint64_t place, std::uint64_t slot) noexcept;
  std::uint64_t erase(std::uint64_t place) noexcept;

 private:
  [[nodiscard]] std::uint64_t all() const noexcept { return shape_.chunks * chunk_slots; }
  [[nodiscard]] bool failed() const noexcept { return chunks_.change_.failed(); }
  Chunks& chunks_;
  const Shape& shape_;
  bool mirrored_;
};

namespace {
constexpr std::uint64_t last_slot = chunk_slots - 1;
}

// The items from `place` on move up by one; there is room behind the last.
void Chunks::Side::insert(std::uint64_t place, std::uint64_t slot) noexcept {
  const std::uint64_t number = place / chunk_slots;
  const std::uint64_t last = end() / chunk_slots;
  const std::uint64_t at = place % chunk_slots;
  const std::uint64_t low = number == 0 ? begin() : 0;  // what is below it is of no use
  Part part(*this, number);
  std::uint64_t carried = 0;
  if (number == last) {
    for (std::uint64_t i = end() % chunk_slots; i > at; --i) {
      part.set(i, part.get(i - 1));
    }
  } else {
    carried = part.get(last_slot);
    if (at - low < last_slot - at) {
      part.up();
      for (std::uint64_t i = low; i < at; ++i) {
        part.set(i, part.get(i + 1));
      }
    } else {
      for (std::uint64_t i = last_slot; i > at; --i) {
        part.set(i, part.get(i - 1));
      }
    }
  }
  part.set(at, slot);
  for (std::uint64_t i = number + 1; i <= last && !failed(); ++i) {
    Part next(*this, i);
    const std::uint64_t over = i < last ? next.get(last_slot) : 0;
    next.up();
    next.set(0, carried);
    carried = over;
  }
}

// The items behind `place` move down by one.
std::uint64_t Chunks::Side::erase(std::uint64_t place) noexcept {
  const std::uint64_t number = place / chunk_slots;
  const std::uint64_t last = (end() - 1) / chunk_slots;
  const std::uint64_t at = place % chunk_slots;
  const std::uint64_t low = number == 0 ? begin() : 0;
  Part part(*this, number);
  const std::uint64_t erased = part.get(at);
  const std::uint64_t highest = number == last ? (end() - 1) % chunk_slots : last_slot;
  if (number != last && at - low < highest - at) {
    for (std::uint64_t i = at; i > low; --i) {
      part.set(i, part.get(i - 1));
    }
    part.down();
  } else {
    for (std::uint64_t i = at; i < highest; ++i) {
      part.set(i, part.get(i + 1));
    }
  }
  for (std::uint64_t i = number + 1; i <= last && !failed(); ++i) {
    Part next(*this, i);
    Part(*this, i - 1).set(last_slot, next.get(0));
    next.down();
  }
  return erased;
}

void Chunks::insert(std::uint64_t index, std::uint64_t slot) noexcept {
  const End moved = index < shape_.length - index ? End::front : End::back;
  if (index == 0 || index == shape_.length) {
    push(moved, slot);
    return;
  }
  if (!make_room(moved)) {
    return;
  }
  Side side(*this, moved);
  // In the mirror, "before item `index`" is behind it.
  side.insert(side.mirrored() ? side.end() - index : side.begin() + index, slot);
  if (moved == End::front) {
    set_start(shape_.start - 1);
  }
  set_length(shape_.length + 1);
}

std::uint64_t Chunks::erase(std::uint64_t index) noexcept {
  const End moved = index < shape_.length - index ? End::front : End::back;
  Side side(*this, moved);
  const std::uint64_t slot = side.erase(side.mirrored() ? side.end() - 1 - index : side.begin() + index);
  drop(moved);
  return slot;
}

std::uint64_t Chunks::cost(std::uint64_t index) const noexcept {
  const std::uint64_t moved = std::min(index, shape_.length - index);
  return 4 + std::min(moved, chunk_slots / 4) + 2 * (moved / chunk_slots);
}

}  // namespace shm::object::list
