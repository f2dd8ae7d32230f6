#include "segment/copy.hpp"
#include <algorithm>
#include "segment/size_class.hpp"

namespace shm::segment {

namespace {
using os::Code;
using os::fail;
using os::Result;

constexpr std::uint64_t page = 4096;
constexpr int most_looks = 3;  // at an object that could be locked instead

std::uint64_t top_of(const Reader& reader) noexcept { return reader.get({offsetof(Control, top)}); }

// The new file in memory.
class Target {
 public:
  static Result<Target> make(const Region& region, const store::Store& store, std::string_view name,
                             const store::NewObject& as) noexcept {
    const auto& header = region.header();
    store::NewObject object = as;
    object.kind = header.kind;
    object.type = header.type;
    object.payload_size = header.payload_size;
    std::copy_n(&header.config[0], store::config_words, &object.config[0]);
    object.locks = true;
    auto file = store::Unpublished::make(store, name, object);
    if (!file) {
      return std::unexpected(file.error());
    }
    return Target(std::move(*file), name);
  }
  store::Unpublished take() noexcept { return std::move(file_); }

  /// Gives it memory for a heap that ends at `top`.
  Result<void> reserve(std::uint64_t top) noexcept {
    const std::uint64_t begin = file_.header().payload_offset;
    const std::uint64_t size = (begin + std::max(top, file_.header().payload_size) + page - 1) / page * page;
    if (size <= size_) {
      return {};
    }
    if (const auto done = os::allocate(file_.file(), 0, size); !done) {
      return std::unexpected(fail(Code::full, "copy to", name_, "no memory is left for it"));
    }
    auto mapping = os::Mapping::open(file_.file(), size, os::Access::write, name_);
    if (!mapping) {
      return std::unexpected(mapping.error());
    }
    mapping_ = std::move(*mapping);
    size_ = size;
    return {};
  }
  /// Code::busy: it has grown; reserve() more.
  Result<void> fill(const Reader& from) noexcept {
    const std::uint64_t top = top_of(from);
    if (top % 16 != 0 || top < heap_start) {
      from.mark_damaged();
    }
    if (from.damaged() || top > capacity()) {
      return std::unexpected(fail(Code::busy, "copy", name_, "it has grown"));
    }
    for (std::uint64_t word = first_logged; word < offsetof(Control, undo); word += 8) {
      memory().store(word, from.get({word}));
    }
    from.copy_to({heap_start}, {payload() + heap_start, top - heap_start});
    control().seed = from.seed();
    control().sessions = from.get({offsetof(Control, sessions)});
    return {};
  }
  /// What is filled becomes the content of an object.
  Result<void> finish() noexcept {
    auto& own = control();
    own.capacity = capacity();
    for (std::uint64_t& chunk : own.chunks) {  // blocks that nobody needs here
      const std::uint64_t at = std::exchange(chunk, 0) - block_word;
      if (at == 0 - block_word) {
        continue;
      }
      const std::size_t size_class = Memory::inside(at, 8, own.top) ? class_in(memory().load(at)) : size_classes;
      if (at < heap_start || at % 16 != 0 || size_class >= size_classes ||
          !Memory::inside(at, class_size(size_class), own.top)) {
        return std::unexpected(
            fail(Code::corrupt, "copy", name_, "the object's content is damaged", "look at it, then 'shmctl rm' it"));
      }
      memory().store(at, block_head(own.free_blocks[size_class], size_class));
      own.free_blocks[size_class] = at;
    }
    return {};
  }

 private:
  Target(store::Unpublished file, std::string_view name) noexcept : file_(std::move(file)), name_(name) {}
  [[nodiscard]] std::byte* payload() const noexcept { return mapping_.data() + file_.header().payload_offset; }
  [[nodiscard]] std::uint64_t capacity() const noexcept { return size_ - file_.header().payload_offset; }
  [[nodiscard]] Memory memory() const noexcept { return {payload(), capacity()}; }
  [[nodiscard]] Control& control() const noexcept { return memory().control(); }

  store::Unpublished file_;
  std::string_view name_;
  os::Mapping mapping_;
  std::uint64_t size_ = 0;
};

Result<void> fill_locked(Region& region, Target& target) noexcept {
  auto change = region.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  auto filled = target.reserve(top_of(*change));
  if (filled) {
    filled = target.fill(*change);
  }
  if (change->damaged()) {
    return change->commit();
  }
  return filled;
}

Result<void> fill(Region& region, Target& target) noexcept {
  Result<void> filled = std::unexpected(fail(Code::busy, "copy", region.name(), "it changes"));
  int looks = 0;
  while (!filled && filled.error().code == Code::busy) {
    const auto top = region.read([](const Reader& reader) -> Result<std::uint64_t> { return top_of(reader); });
    if (!top) {
      return std::unexpected(top.error());
    }
    if (auto reserved = target.reserve(*top); !reserved) {
      return reserved;
    }
    filled = region.read([&](const Reader& reader) -> Result<void> {
      return region.writable() && ++looks > most_looks
                 ? std::unexpected(fail(Code::timed_out, "copy", region.name(), "it changes too fast"))
                 : target.fill(reader);
    });
  }
  return !filled && filled.error().code == Code::timed_out && region.writable() ? fill_locked(region, target) : filled;
}
}  // namespace

Result<store::Unpublished> copy(Region& region, const store::Store& store, std::string_view name,
                                const store::NewObject& as) noexcept {
  auto target = Target::make(region, store, name, as);
  if (!target) {
    return std::unexpected(target.error());
  }
  auto filled = fill(region, *target);
  if (filled) {
    filled = target->finish();
  }
  if (!filled) {
    return std::unexpected(filled.error());
  }
  return target->take();
}

}  // namespace shm::segment
