#include "segment/workspace.hpp"
#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>
#include "os/clock.hpp"
#include "os/wide_exchange.hpp"
#include "segment/cell.hpp"
#include "segment/free_name.hpp"
#include "segment/memory.hpp"

namespace shm::segment {

using os::Access;
using os::Code;
using os::fail;
using os::Result;

/// One name of one store. As a Segment (its first page) and as a Region: a look at what it is needs no more than the
/// first.
struct WorkspaceEntry {
  const store::Store* store = nullptr;
  std::string_view name;
  std::optional<Segment> segment;  // none: lent, or never open
  std::optional<Region> region;
  bool segment_lent = false;
  bool region_lent = false;
  std::uint64_t renamed = 0;
  // Of a change of several objects.
  bool absent = false;       // it was, when it was looked for
  bool is_cell = false;      // that the change wants to have
  std::uint64_t number = 0;  // of the cell before
  // What may only be read, as it was when it was met.
  std::optional<Region::Sight> seen_region;
  Cell::Sight seen_cell;

  /// Whether what may only be read is as it was.
  [[nodiscard]] bool as_seen() const noexcept {
    if (segment && segment->held_.on && !segment->writable()) {
      const auto now = Cell::look(*segment);
      if (!now || *now != seen_cell) {
        return false;
      }
    }
    return !seen_region || (region && region->sight() == *seen_region);
  }
  /// Whether this change has made it.
  [[nodiscard]] bool made_here() const noexcept {
    return (region && region->held() && region->is_unborn()) ||
           (segment && segment->held_.on && load(Cell::words(*segment).unborn) != 0);
  }
  /// Whether nobody has made it since.
  [[nodiscard]] bool still_absent() const noexcept {
    const auto there = Segment::open_anew(*store, name, Access::read, Segment::one_page);
    if (!there) {
      return there.error().code == Code::absent;
    }
    if (Cell::is_cell(there->header())) {
      const auto now = Cell::look(*there);
      return !now && now.error().code == Code::absent;
    }
    const auto now = Region::open_anew(*store, name, Access::read);
    return !now && now.error().code == Code::absent;
  }
};

struct Workspace::Places {
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const noexcept { return std::hash<std::string_view>()(name); }
  };
  struct Place {
    const store::Store* store;
    std::unordered_map<std::string, WorkspaceEntry, Hash, std::equal_to<>> entries;
  };
  std::vector<Place> all;

  WorkspaceEntry* find(const store::Store& store, std::string_view name) {
    for (auto& place : all) {
      if (place.store == &store) {
        const auto found = place.entries.find(name);
        return found != place.entries.end() ? &found->second : nullptr;
      }
    }
    return nullptr;
  }
  WorkspaceEntry& at(const store::Store& store, std::string_view name) {
    if (auto* known = find(store, name)) {
      return *known;
    }
    auto place = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.store == &store; });
    if (place == all.end()) {
      all.push_back({&store, {}});
      place = all.end() - 1;
    }
    auto& [key, entry] = *place->entries.try_emplace(std::string(name)).first;
    entry.store = &store;
    entry.name = key;
    return entry;
  }
  template <class Act>
  void each(Act act) {
    for (auto& place : all) {
      for (auto& [name, entry] : place.entries) {
        act(entry);
      }
    }
  }
};

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

namespace {
os::Error lent_already(std::string_view name) noexcept {
  return fail(Code::busy, "open", name, "this process is changing it already");
}
}  // namespace

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
  auto opened = Segment::open_anew(store, name, several_ ? Access::write : access, Segment::one_page);
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
  auto opened = Region::open_anew(store, name, several_ ? Access::write : access);
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

Result<void> Workspace::use_store(const store::Store& store) noexcept {
  if (store_ != nullptr && store_ != &store) {
    return std::unexpected(fail(Code::usage, "change", store.path(), "a change of several objects is of one store",
                                "change the objects of the other store by themselves"));
  }
  store_ = &store;
  return {};
}

Result<std::uint64_t> Workspace::change_id(const store::Store& store) noexcept {
  if (const auto same = use_store(store); !same) {
    return std::unexpected(same.error());
  }
  if (record_.id() == 0) {
    auto made = store::ChangeFile::create(store);
    if (!made) {
      return std::unexpected(made.error());
    }
    record_ = std::move(*made);
  }
  return record_.id();
}

// Whether it may be waited for: then all that this change has comes before it.
bool Workspace::in_turn(std::uint64_t id) noexcept {
  const bool turn = id > highest_;
  highest_ = std::max(highest_, id);
  return turn;
}

Result<void> Workspace::take(WorkspaceEntry& entry, Region& region) noexcept {
  if (const auto same = use_store(*entry.store); !same) {
    return same;
  }
  if (!region.writable_) {
    if (!entry.seen_region) {
      entry.seen_region = region.sight();
    }
    return {};
  }
  const std::uint64_t before = highest_;
  const bool turn = in_turn(region.header().id);
  const std::int64_t patience_ns = region.patience();
  region.set_patience(turn ? patience_ns : 0);
  const auto taken = region.hold();
  region.set_patience(patience_ns);
  if (!taken) {
    highest_ = before;
    conflict_ = conflict_ || (!turn && taken.error().code == Code::timed_out);
  }
  return taken;
}

Result<void> Workspace::take(WorkspaceEntry& entry, Segment& segment) noexcept {
  const bool writable = segment.writable();
  const auto change = writable ? change_id(*entry.store) : Result<std::uint64_t>(0);
  if (!change) {
    return std::unexpected(change.error());
  }
  const std::uint64_t before = highest_;
  const bool turn = writable && in_turn(segment.header().id);
  entry.is_cell = true;
  if (!writable) {
    const auto seen = Cell::look(segment);
    if (!seen) {
      return std::unexpected(seen.error());
    }
    entry.seen_cell = *seen;
    entry.number = seen->number;
  } else {
    const auto number = Cell::take(segment, *change, turn ? os::monotonic_ns() + default_patience_ns : 0);
    if (!number) {
      highest_ = before;
      conflict_ = conflict_ || (!turn && number.error().code == Code::timed_out);
      return std::unexpected(number.error());
    }
    entry.number = *number;
  }
  segment.held_ = {true, entry.number};
  return {};
}

Result<void> Workspace::join(Segment& segment) noexcept {
  auto* entry = places_->find(segment.store(), segment.name());
  if (entry == nullptr || !segment.kept_) {  // lent to somebody else
    return std::unexpected(lent_already(segment.name()));
  }
  return take(*entry, segment);
}

Result<bool> Workspace::free_name(const store::Store& store, std::string_view name) noexcept {
  auto freed = segment::free_name(store, name, 0);
  if (!freed && freed.error().code == Code::timed_out) {
    conflict_ = true;
    unborn_ = &places_->at(store, name);
  }
  return freed;
}

Result<void> Workspace::made_cell(const store::Store& store, std::string_view name) {
  auto made = segment(store, name, Access::write);
  return made ? join(*made) : std::unexpected(made.error());
}

Result<void> Workspace::made_region(const store::Store& store, std::string_view name) {
  const auto made = region(store, name, Access::write);
  return made ? Result<void>() : std::unexpected(made.error());
}

// What may only be read, or is not there, can't be taken: it must be now as it was when it was read, and then all was
// so at this moment.
Result<void> Workspace::check_seen() noexcept {
  bool same = true;
  places_->each([&](WorkspaceEntry& entry) {
    same = same && entry.as_seen() && (!entry.absent || entry.made_here() || entry.still_absent());
  });
  if (same) {
    return {};
  }
  conflict_ = true;
  return std::unexpected(fail(Code::timed_out, "read", "several objects", "they change too fast", "try again"));
}

// The moment at which it happens.
Result<void> Workspace::decide() noexcept {
  const auto id = change_id(*store_);
  if (!id) {
    return std::unexpected(id.error());
  }
  places_->each([&](WorkspaceEntry& entry) {
    if (entry.region && entry.region->changed()) {
      entry.region->join(*id);
    }
    if (entry.segment && entry.segment->held_.on && entry.segment->writable()) {
      store(Cell::words(*entry.segment).wanted, entry.segment->held_.number);
    }
  });
  return record_.decide();
}

bool Workspace::lends() noexcept {
  bool lent = false;
  places_->each([&](const WorkspaceEntry& entry) { lent = lent || entry.segment_lent || entry.region_lent; });
  return lent;
}

Result<void> Workspace::commit() noexcept {
  if (lends()) {  // a part would be left out
    return std::unexpected(fail(Code::system, "change", "several objects", "one of them is still in use"));
  }
  Result<void> good;
  std::size_t changed = 0;
  places_->each([&](WorkspaceEntry& entry) {
    if (good && entry.region && entry.region->held()) {
      good = entry.region->complete();
      changed += entry.region->changed() || entry.region->is_unborn() ? 1 : 0;
    }
    if (entry.segment && entry.segment->held_.on && entry.segment->held_.number != entry.number) {
      ++changed;
    }
  });
  if (good) {
    good = check_seen();
  }
  // Of one object, the change happens when that object's own words say so. (What it makes is another matter.)
  if (good && (changed > 1 || record_.id() != 0)) {
    good = decide();
  }
  let_go(good.has_value());
  give_up_ns_ = good ? 0 : give_up_ns_;
  return good;
}

void Workspace::abandon() noexcept { let_go(false); }

void Workspace::let_go(bool happened) noexcept {
  places_->each([&](WorkspaceEntry& entry) {
    if (entry.segment && entry.segment->held_.on) {
      auto& segment = *entry.segment;
      const std::uint64_t wanted = segment.held_.number;
      segment.held_ = {};
      if (segment.writable() && !Cell::let_go(segment, record_.id(), wanted, happened)) {
        (void)take_name(*entry.store, segment.name(), segment.info());
        entry.segment.reset();
      }
    }
    entry.absent = false;
    entry.seen_region.reset();
    if (entry.region && entry.region->held()) {
      const bool dropped = !happened && entry.region->is_unborn();
      entry.region->let_go(happened);
      if (dropped) {
        entry.region.reset();
      }
    }
  });
  if (record_.id() != 0) {
    record_.remove(*store_);
  }
  highest_ = 0;
  store_ = nullptr;
}

Result<void> Workspace::retry() {
  const std::int64_t now = os::monotonic_ns();
  give_up_ns_ = give_up_ns_ == 0 ? now + default_patience_ns : give_up_ns_;
  if (now > give_up_ns_) {
    return std::unexpected(
        fail(Code::timed_out, "change", "several objects", "others change them all the time", "try again"));
  }
  abandon();
  conflict_ = false;
  if (auto* entry = std::exchange(unborn_, nullptr)) {
    if (const auto decided = segment::free_name(*entry->store, entry->name, give_up_ns_ - now); !decided) {
      return std::unexpected(decided.error());
    }
  }
  std::vector<std::pair<std::uint64_t, WorkspaceEntry*>> met;
  places_->each([&](WorkspaceEntry& entry) {
    if (entry.region) {
      met.emplace_back(entry.region->header().id, &entry);
    } else if (entry.segment && entry.is_cell) {
      met.emplace_back(entry.segment->header().id, &entry);
    }
  });
  std::sort(met.begin(), met.end());
  for (const auto& [id, entry] : met) {
    const auto taken = entry->region ? take(*entry, *entry->region) : take(*entry, *entry->segment);
    if (!taken && taken.error().code != Code::absent) {
      return taken;
    }
    if (!taken) {  // removed meanwhile: to be looked for anew
      entry->region.reset();
      entry->segment.reset();
    }
  }
  return {};
}

}  // namespace shm::segment
