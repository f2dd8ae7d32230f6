#include "object/watch.hpp"
#include <fcntl.h>
#include <algorithm>
#include "object/array.hpp"
#include "object/block.hpp"
#include "object/text_value.hpp"
#include "os/clock.hpp"
#include "segment/hash_index.hpp"

namespace shm::object {

namespace {
using os::Code;
using os::fail;
using os::Result;

constexpr std::int64_t nap_ns = 20'000'000;  // where nobody wakes a sleeper
constexpr std::uint64_t largest_piece = std::uint64_t{1} << 20U;

os::Error gone(std::string_view name) noexcept { return fail(Code::absent, "watch", name, "there is no such object"); }
}  // namespace

Result<Watch> Watch::open(const store::Store& store, std::string_view name) noexcept {
  Watch watch;
  watch.store_ = &store;
  watch.name_.add(name);
  auto file = store::open_object(store, name, O_RDONLY);
  if (!file) {
    return std::unexpected(file.error().code == Code::absent ? gone(name) : file.error());
  }
  watch.file_ = std::move(*file);
  const auto header = store::header_of(watch.file_, name);
  if (!header) {
    return std::unexpected(header.error());
  }
  watch.id_ = header->id;
  for (const auto access : {os::Access::write, os::Access::read}) {
    if (in_region(*header)) {
      auto region = segment::Region::open(store, name, access);
      if (region && region->header().id == watch.id_) {
        watch.region_.emplace(std::move(*region));
        break;
      }
    } else if (segment::Cell::is_cell(*header)) {
      auto segment = segment::Segment::open(store, name, access, scalar_file_size);
      if (segment && segment->header().id == watch.id_) {
        if (auto cell = segment::Cell::of(std::move(*segment))) {
          watch.cell_.emplace(std::move(*cell));
          break;
        }
      }
    }
  }
  return watch;
}

// The object under the name that it has now.
Result<Description> Watch::find() noexcept {
  constexpr int tries = 10;  // each but the first: it has got another name meanwhile
  for (int i = 0; i < tries; ++i) {
    auto found = describe(*store_, name());
    if (found && found->header.id == id_) {
      return found;
    }
    if (!found && found.error().code != Code::absent && found.error().code != Code::busy) {
      return found;
    }
    const auto now = os::info(file_.file);
    if (!now || now->links == 0) {
      break;
    }
    if (const auto other = store::name_of(*store_, file_.info); other.view() != name() && !other.empty()) {
      name_ = other;
    } else if (!found && found.error().code == Code::absent) {
      return found;  // it has a name, and yet is absent: removed, or not made by a change that has happened
    }
  }
  return std::unexpected(gone(name()));
}

Result<Watch::State> Watch::look() noexcept {
  seen_ = region_ ? region_->generation() : cell_ ? cell_->announce() : 0;
  auto found = find();
  if (!found) {
    return std::unexpected(found.error());
  }
  State state;
  state.object = *found;
  if (found->kind == Kind::array) {
    return look_at_array(std::move(state));
  }
  if (found->kind == Kind::block) {
    return look_at_block(std::move(state));
  }
  if (!is_text(found->type) || found->kind != Kind::value) {
    state.mark = region_ ? seen_ : found->state.bits;
    return state;
  }
  if (found->text.state != TextState::present) {
    return std::unexpected(gone(name()));
  }
  const auto value = TextValue::open(*store_, name(), os::Access::read);
  auto content = value ? value->look() : std::unexpected(value.error());
  if (!content) {
    return std::unexpected(content.error());
  }
  state.text = std::move(content->bytes);
  state.mark = seen_;
  return state;
}

// Its elements change one by one without a change of the generation.
Result<Watch::State> Watch::look_at_array(State state) noexcept {
  const auto array = Array::open(*store_, name(), os::Access::read);
  if (!array) {
    return std::unexpected(array.error());
  }
  const Array::Range all{0, array->length(), 1};
  os::Buffer elements;
  if (const auto got = array->get(std::span(&all, 1), elements); !got) {
    return std::unexpected(got.error());
  }
  state.mark = segment::hash_of(elements.bytes(), seen_);
  return state;
}

// Who changes it tells nobody.
Result<Watch::State> Watch::look_at_block(State state) noexcept {
  const auto block = Block::open(*store_, name(), os::Access::read);
  if (!block) {
    return std::unexpected(block.error());
  }
  os::Buffer piece;
  if (!piece.resize(std::min<std::uint64_t>(block->size(), largest_piece))) {
    return std::unexpected(fail(Code::full, "watch", name(), "there is not enough memory"));
  }
  for (std::uint64_t at = 0; at < block->size(); at += largest_piece) {
    const std::span part(piece.data(), std::min(block->size() - at, largest_piece));
    if (const auto read = block->read(at, part); !read) {
      return std::unexpected(read.error());
    }
    state.mark = segment::hash_of(part, state.mark);
  }
  return state;
}

void Watch::wait(std::int64_t deadline_ns) noexcept {
  if (region_) {
    region_->wait(seen_, deadline_ns);
  } else if (cell_) {
    cell_->wait(seen_, deadline_ns);
  } else {
    const std::int64_t nap = os::monotonic_ns() + nap_ns;
    os::sleep_until(deadline_ns < 0 ? nap : std::min(nap, deadline_ns));
  }
}

}  // namespace shm::object
