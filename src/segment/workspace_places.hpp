// What a Workspace knows of the objects that it has met: one entry a name. Of the two parts of Workspace alone
// (workspace.cpp, workspace_change.cpp). One thread.
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>
#include "segment/cell.hpp"
#include "segment/memory.hpp"
#include "segment/workspace.hpp"

namespace shm::segment {

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
    const auto there = Segment::open_anew(*store, name, os::Access::read, Segment::one_page);
    if (!there) {
      return there.error().code == os::Code::absent;
    }
    if (Cell::is_cell(there->header())) {
      const auto now = Cell::look(*there);
      return !now && now.error().code == os::Code::absent;
    }
    const auto now = Region::open_anew(*store, name, os::Access::read);
    return !now && now.error().code == os::Code::absent;
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
  std::size_t used = 0;  // since drop_idle(), of what there is room for

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
  void drop_idle() {
    for (auto& place : all) {
      std::erase_if(place.entries,
                    [](const auto& each) { return !each.second.segment_lent && !each.second.region_lent; });
    }
    used = 0;
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

inline os::Error lent_already(std::string_view name) noexcept {
  return os::fail(os::Code::busy, "open", name, "this process is changing it already");
}

}  // namespace shm::segment
