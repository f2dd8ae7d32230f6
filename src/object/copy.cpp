// Copies of objects: see naming.hpp.
#include "segment/copy.hpp"
#include <fcntl.h>
#include <algorithm>
#include "object/block.hpp"
#include "object/naming.hpp"
#include "object/queue.hpp"
#include "segment/cell.hpp"

namespace shm::object {

namespace {
using os::Code;
using os::fail;
using os::Result;
using segment::Region;

os::Error gone(std::string_view name) noexcept { return fail(Code::absent, "open", name, "there is no such object"); }

store::NewObject new_object(const store::Store& store, const os::FileInfo& original, const CopyAs& as) noexcept {
  store::NewObject object;
  as.permissions.apply_to(object);
  if (as.keep_mode) {
    object.mode = original.mode & 0664U;
  }
  if (as.keep_group && !store.shared() && (object.mode & 0060U) != 0) {
    object.set_group = true;
    object.group = original.gid;
  }
  return object;
}

// The new object under its building name.
Result<void> copy_region(const store::Store& store, std::string_view name, std::string_view to,
                         const CopyAs& as) noexcept {
  auto region = Region::open(store, name, os::Access::write);
  if (!region && region.error().code == Code::denied) {
    region = Region::open(store, name, os::Access::read);
  }
  if (!region) {
    return std::unexpected(region.error());
  }
  auto file = segment::copy(*region, store, to, new_object(store, region->info(), as));
  return file ? file->publish() : std::unexpected(file.error());
}

Result<void> copy_cell(const store::Store& store, std::string_view name, std::string_view to,
                       const CopyAs& as) noexcept {
  auto segment = segment::Segment::open(store, name, os::Access::read, scalar_file_size);
  if (!segment) {
    return std::unexpected(segment.error());
  }
  const auto& header = segment->header();
  const auto number = segment::Cell::load(*segment);
  if (!number) {
    return std::unexpected(number.error());
  }
  store::NewObject object = new_object(store, segment->info(), as);
  object.kind = header.kind;
  object.type = header.type;
  std::copy_n(&header.config[0], store::config_words, &object.config[0]);
  return segment::Cell::create(store, to, object, *number);
}

// Who holds something in the original holds nothing in the copy.
Result<void> disown(const store::Store& store, std::string_view name) noexcept {
  auto queue = Queue::open(store, name, os::Access::write);
  if (queue) {
    return queue->disown();
  }
  return queue.error().code == Code::wrong_kind ? Result<void>() : std::unexpected(queue.error());
}

// Others may be writing meanwhile, as they may while anybody reads it.
Result<void> copy_block(const store::Store& store, std::string_view name, std::string_view to,
                        const CopyAs& as) noexcept {
  constexpr std::uint64_t most = std::uint64_t{1} << 20U;
  const auto block = Block::open(store, name, os::Access::read);
  const auto info = os::info_at(store.dir(), name);
  if (!block || !info) {
    return std::unexpected(block ? info.error() : block.error());
  }
  const auto object = new_object(store, *info, as);
  if (auto made = Block::create(store, to, block->size(), {}, {object.mode, object.set_group, object.group}); !made) {
    return made;
  }
  auto copy = Block::open(store, to, os::Access::write);
  os::Buffer piece;
  if (!copy || !piece.resize(std::min(block->size(), most))) {
    return std::unexpected(copy ? fail(Code::full, "copy", name, "there is not enough memory") : copy.error());
  }
  for (std::uint64_t at = 0; at < block->size(); at += most) {
    const std::span part(piece.data(), std::min(block->size() - at, most));
    auto done = block->read(at, part);
    if (done) {
      done = copy->write(at, part);
    }
    if (!done) {
      return done;
    }
  }
  return {};
}

Result<void> copy_as_it_is(const store::Store& store, std::string_view name, std::string_view to,
                           const CopyAs& as) noexcept {
  const auto file = store::open_object(store, name, O_RDONLY);
  const auto header = file ? store::header_of(*file, name) : std::unexpected(file.error());
  if (!header) {
    return std::unexpected(header.error());
  }
  if (static_cast<Kind>(header->kind) == Kind::block) {
    return copy_block(store, name, to, as);
  }
  return in_region(*header) ? copy_region(store, name, to, as) : copy_cell(store, name, to, as);
}
}  // namespace

Result<void> copy(const store::Store& store, std::string_view name, std::string_view to, const CopyAs& as,
                  Taken taken) noexcept {
  if (auto valid = store::check_name(to); !valid) {
    return valid;
  }
  const auto found = describe(store, name);
  if (!found) {
    return std::unexpected(found.error().code == Code::absent ? gone(name) : found.error());
  }
  if (found->kind == Kind::value && is_text(found->type) && found->text.state != TextState::present) {
    return std::unexpected(gone(name));
  }
  if (taken == Taken::refuse && os::info_at(store.dir(), to) && !free_absent_name(store, to)) {  // before all the work
    return std::unexpected(fail(Code::exists, "copy to", to, "an object of that name exists"));
  }
  auto building = Building::begin(store);
  if (!building) {
    return std::unexpected(building.error());
  }
  if (auto copied = copy_as_it_is(store, name, building->name(), as); !copied) {
    return copied;
  }
  building->hold();
  if (auto freed = disown(store, building->name()); !freed) {
    return freed;
  }
  return building->publish(to, taken);
}

}  // namespace shm::object
