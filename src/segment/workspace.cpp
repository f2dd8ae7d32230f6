// Objects that stay open between operations.
#include "segment/workspace_places.hpp"

namespace shm::segment {

using os::Access;
using os::Code;
using os::Result;

namespace {
// How many may be kept open: a region has two descriptors and much address space, a segment has one mapping. Programs
// may mostly have 1024 descriptors and 65530 mappings.
constexpr std::size_t room = 8192;
constexpr std::size_t segment_needs = 1;
constexpr std::size_t region_needs = 40;
}  // namespace

void Kept::give_back(Segment& segment) noexcept {
  auto& entry = *std::exchange(by_, nullptr);
  entry.segment_lent = false;
  entry.segment.emplace(std::move(segment));
}

void Kept::give_back(Region& region) noexcept {
  auto& entry = *std::exchange(by_, nullptr);
  entry.region_lent = false;
  entry.region.emplace(std::move(region));
}

Workspace::Workspace(Changes changes) : several_(changes == Changes::several), places_(std::make_unique<Places>()) {
  active_ = this;
}

Workspace::~Workspace() {
  abandon();
  active_ = nullptr;
}

Segment Workspace::lend_segment(WorkspaceEntry& entry) noexcept {
  Segment lent = std::move(*entry.segment);
  entry.segment.reset();
  entry.segment_lent = true;
  new (&lent.kept_) Kept(entry);
  return lent;
}

Region Workspace::lend_region(WorkspaceEntry& entry) noexcept {
  Region lent = std::move(*entry.region);
  entry.region.reset();
  entry.region_lent = true;
  new (&lent.kept_) Kept(entry);
  return lent;
}

// A change can't do without what it has; it may fail for want of room.
template <class Open>
auto Workspace::with_room(std::size_t needs, Open open) -> decltype(open()) {
  if (several_) {
    return open();
  }
  if (places_->used + needs > room) {
    places_->drop_idle();
  }
  places_->used += needs;
  auto opened = open();
  if (!opened && opened.error().code == Code::full) {
    places_->drop_idle();
    opened = open();
  }
  return opened;
}

// That it is not there is seen too: whoever makes it meanwhile comes after this change.
template <class Opened>
Opened Workspace::note_absent(const store::Store& store, std::string_view name, Opened opened) {
  if (several_ && !opened && opened.error().code == Code::absent) {
    places_->at(store, name).absent = true;
  }
  return opened;
}

Result<Segment> Workspace::segment(const store::Store& store, std::string_view name, Access access) {
  auto* known = places_->find(store, name);
  if (known != nullptr && known->segment_lent) {
    return Segment::open_anew(store, name, access, Segment::one_page);
  }
  if (known != nullptr && known->segment) {
    const auto& cell = Cell::words(*known->segment);
    const bool held = known->segment->held_.on;
    if ((held || (load(cell.tag) != cell_removed && load(cell.renamed) == known->renamed)) &&
        (access == Access::read || known->segment->writable())) {
      return lend_segment(*known);
    }
    if (held) {
      return Segment::open_anew(store, name, access, Segment::one_page);  // says why it may not be written
    }
    known->segment.reset();
  }
  // A change may come to write what it has read.
  auto opened = with_room(segment_needs, [&] {
    return Segment::open_anew(store, name, several_ ? Access::write : access, Segment::one_page);
  });
  if (!opened && several_ && access == Access::read && opened.error().code == Code::denied) {
    opened = Segment::open_anew(store, name, access, Segment::one_page);
  }
  if (!opened || !Cell::is_cell(opened->header()) || !opened->whole()) {
    return note_absent(store, name, std::move(opened));
  }
  auto& entry = places_->at(store, name);
  entry.renamed = load(Cell::words(*opened).renamed);
  entry.segment.emplace(std::move(*opened));
  return lend_segment(entry);
}

const store::Header* Workspace::region_header(const store::Store& store, std::string_view name) noexcept {
  const auto* known = active_ != nullptr ? active_->places_->find(store, name) : nullptr;
  if (known == nullptr || !known->region) {
    return nullptr;
  }
  const auto& region = *known->region;
  const bool same = region.held() ||
                    (region.presence() == Presence::there && load(region.memory_.control().renamed) == known->renamed);
  return same ? &region.header() : nullptr;
}

Result<Region> Workspace::region(const store::Store& store, std::string_view name, Access access) {
  auto* known = places_->find(store, name);
  if (known != nullptr && known->region_lent) {
    return several_ ? Result<Region>(std::unexpected(lent_already(name))) : Region::open_anew(store, name, access);
  }
  if (known != nullptr && known->region) {
    auto& region = *known->region;
    const bool held = region.held();
    if (access == Access::write && !region.writable_) {
      if (several_) {
        return Region::open_anew(store, name, access);  // says why it may not be written
      }
      known->region.reset();
    } else if (held ||
               (region.presence() == Presence::there && load(region.memory_.control().renamed) == known->renamed)) {
      if (const auto taken = several_ && !held ? take(*known, region) : Result<void>(); !taken) {
        return std::unexpected(taken.error());
      }
      return lend_region(*known);
    } else {
      known->region.reset();
    }
  }
  auto opened =
      with_room(region_needs, [&] { return Region::open_anew(store, name, several_ ? Access::write : access); });
  if (!opened && several_ && access == Access::read && opened.error().code == Code::denied) {
    opened = Region::open_anew(store, name, access);
  }
  if (!opened) {
    return note_absent(store, name, std::move(opened));
  }
  auto& entry = places_->at(store, name);
  entry.renamed = load(opened->memory_.control().renamed);
  entry.region.emplace(std::move(*opened));
  if (const auto taken = several_ ? take(entry, *entry.region) : Result<void>(); !taken) {
    return std::unexpected(taken.error());
  }
  return lend_region(entry);
}

}  // namespace shm::segment
