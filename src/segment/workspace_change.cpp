// Workspace's part that makes one change of what is done to several objects.
#include "os/clock.hpp"
#include "segment/free_name.hpp"
#include "segment/workspace_places.hpp"

namespace shm::segment {

using os::Access;
using os::Code;
using os::fail;
using os::Result;

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

Result<void> Workspace::create(const store::Store& store, std::string_view name,
                               const store::NewObject& object) noexcept {
  const auto created = store::create_object(store, name, object);
  if (created || created.error().code != Code::exists) {
    return created;
  }
  auto* change = of_several();
  const auto freed = change != nullptr ? change->free_name(store, name) : segment::free_name(store, name);
  if (!freed) {
    return std::unexpected(freed.error());
  }
  return *freed ? store::create_object(store, name, object) : created;
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
