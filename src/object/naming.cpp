#include "object/naming.hpp"
#include <fcntl.h>
#include <optional>
#include "object/kind.hpp"
#include "os/flock.hpp"
#include "os/random.hpp"
#include "segment/cell.hpp"

namespace shm::object {

namespace {
using os::Code;
using os::fail;
using os::Result;
using segment::Region;
using segment::Transaction;

// As long as a removal waits for who is changing the object.
constexpr std::int64_t patience_ns = 1'000'000'000;

os::Error gone(std::string_view name) noexcept { return fail(Code::absent, "open", name, "there is no such object"); }

// Who has a name now, and its lock if it is of a kind that locks.
class Holder {
 public:
  /// Code::absent.
  static Result<void> look(const store::Store& store, std::string_view name, std::optional<Holder>& found) noexcept {
    auto file = store::open_object(store, name, O_RDONLY);
    if (!file) {
      return std::unexpected(file.error().code == Code::absent ? gone(name) : file.error());
    }
    found.emplace();
    found->file_ = std::move(*file);
    const auto header = store::header_of(found->file_, name);
    if (!header) {
      return std::unexpected(header.error());
    }
    found->id_ = header->id;
    if (!in_region(*header)) {
      if (segment::Cell::is_cell(*header)) {
        return found->open_cell(store, name);
      }
      return {};
    }
    auto region = Region::open(store, name, os::Access::write);
    if (!region) {
      return std::unexpected(region.error());
    }
    if (!region->info().same_file(found->file_.info)) {
      return std::unexpected(fail(Code::busy, "open", name, "it is being removed and made again", "try again"));
    }
    found->region_.emplace(std::move(*region));
    return {};
  }
  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  [[nodiscard]] const os::FileInfo& info() const noexcept { return file_.info; }
  [[nodiscard]] bool has(const store::Store& store, std::string_view name) const noexcept {
    const auto now = os::info_at(store.dir(), name);
    return now && now->same_file(file_.info);
  }
  Result<void> lock(std::int64_t patience) noexcept {
    if (region_) {
      region_->set_patience(patience);
      auto change = region_->begin();
      if (!change) {
        return std::unexpected(change.error());
      }
      change_.emplace(std::move(*change));
    }
    return {};
  }
  void note_new_name() noexcept {
    if (region_) {
      region_->note_new_name();
    } else if (cell_) {
      cell_->note_new_name();
    }
  }
  /// Another one has its name now.
  void mark_removed() noexcept {
    if (cell_) {
      (void)cell_->mark_removed();
    }
  }
  [[nodiscard]] Transaction* change() noexcept { return change_ ? &*change_ : nullptr; }

 private:
  Result<void> open_cell(const store::Store& store, std::string_view name) noexcept {
    auto segment = segment::Segment::open(store, name, os::Access::write, scalar_file_size);
    if (!segment) {
      return std::unexpected(segment.error());
    }
    if (!segment->info().same_file(file_.info)) {
      return std::unexpected(fail(Code::busy, "open", name, "it is being removed and made again", "try again"));
    }
    auto cell = segment::Cell::of(std::move(*segment));
    if (!cell) {
      return std::unexpected(cell.error());
    }
    cell_.emplace(std::move(*cell));
    return {};
  }

  store::ObjectFile file_;
  std::uint64_t id_ = 0;
  std::optional<segment::Cell> cell_;
  std::optional<Region> region_;
  std::optional<Transaction> change_;  // ends before its Region
};

// In the order of their ids: two who want each other's object must not wait for each other.
Result<void> lock_both(Holder& mover, Holder* owner) noexcept {
  const auto lock_owner = [&] { return owner == nullptr ? Result<void>() : owner->lock(patience_ns); };
  const auto bearable = [](const Result<void>& result) {  // then its file alone is taken away, as rm does
    return result || result.error().code == Code::timed_out || result.error().code == Code::corrupt;
  };
  if (owner != nullptr && owner->id() < mover.id()) {
    if (const auto locked = lock_owner(); !bearable(locked)) {
      return locked;
    }
    return mover.lock(segment::default_patience_ns);
  }
  if (auto locked = mover.lock(segment::default_patience_ns); !locked) {
    return locked;
  }
  const auto locked = lock_owner();
  return bearable(locked) ? Result<void>() : locked;
}

// One attempt; Code::busy: names have changed on the way, try again.
Result<void> try_rename(const store::Store& store, std::string_view name, std::string_view to, Taken taken) noexcept {
  const auto changed = [&] {
    return std::unexpected(fail(Code::busy, "rename", name, "its name keeps changing hands", "try again"));
  };
  std::optional<Holder> mover;
  if (auto found = Holder::look(store, name, mover); !found) {
    return found;
  }
  std::optional<Holder> owner;
  if (taken == Taken::replace) {
    const auto found = Holder::look(store, to, owner);
    if (!found && found.error().code == Code::absent) {
      owner.reset();
    } else if (!found && found.error().code != Code::corrupt && found.error().code != Code::wrong_kind) {
      return found;
    }
    if (owner && owner->info().same_file(mover->info())) {
      return {};
    }
  }
  if (auto locked = lock_both(*mover, owner ? &*owner : nullptr); !locked) {
    return locked.error().code == Code::absent ? changed() : locked;
  }
  if (!mover->has(store, name) || (owner && !owner->has(store, to))) {
    return changed();
  }
  os::touch_at(store.dir(), store::lock_name(mover->id()).view());  // doctor may be listing the directory right now
  const auto move = [&] { return os::rename_at(store.dir(), name, to, owner ? Taken::replace : Taken::refuse); };
  auto moved = owner && owner->change() != nullptr ? owner->change()->give_way(move) : move();
  if (moved) {
    mover->note_new_name();
    if (owner) {
      owner->mark_removed();
    }
  }
  if (!moved && moved.error().code == Code::exists && taken == Taken::replace) {
    return changed();
  }
  return moved;
}
}  // namespace

Result<void> rename(const store::Store& store, std::string_view name, std::string_view to, Taken taken) noexcept {
  if (auto valid = store::check_name(to); !valid) {
    return valid;
  }
  constexpr int tries = 20;
  Result<void> renamed = try_rename(store, name, to, taken);
  for (int i = 1; i < tries && !renamed; ++i) {
    const Code code = renamed.error().code;
    if (code != Code::busy && !(code == Code::exists && free_absent_name(store, to))) {
      break;
    }
    renamed = try_rename(store, name, to, taken);
  }
  if (!renamed && renamed.error().code == Code::exists) {
    return std::unexpected(fail(Code::exists, "rename to", to, "an object of that name exists"));
  }
  return renamed;
}

Result<Building> Building::begin(const store::Store& store) noexcept {
  const auto id = os::random_id();
  if (!id) {
    return std::unexpected(id.error());
  }
  return Building(store, *id);
}

Building::Building(Building&& other) noexcept
    : store_(std::exchange(other.store_, nullptr)), name_(other.name_), held_(std::move(other.held_)) {}

Building::~Building() {
  if (store_ != nullptr) {
    (void)store::remove_object(*store_, name());
  }
}

void Building::hold() noexcept {
  auto file = store::open_object(*store_, name(), O_RDWR);
  if (file) {
    (void)os::try_byte(file->file, store::building_byte);
    held_ = std::move(file->file);
  }
}

Result<void> Building::publish(std::string_view to, Taken taken) noexcept {
  auto done = rename(*store_, name(), to, taken);
  if (done) {
    store_ = nullptr;
  }
  return done;
}

}  // namespace shm::object
