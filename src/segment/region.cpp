#include "segment/region.hpp"
#include <fcntl.h>
#include <algorithm>
#include <cstring>
#include "os/clock.hpp"
#include "os/random.hpp"
#include "segment/lock.hpp"
#include "segment/undo.hpp"
#include "segment/wake.hpp"
#include "segment/workspace.hpp"

namespace shm::segment {

namespace {
using os::Code;
using os::fail;
using os::Result;

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t reserved_space = std::uint64_t{64} << 30U;
constexpr std::uint64_t least_growth = 4 * page;
constexpr std::uint64_t most_growth = std::uint64_t{16} << 20U;

os::Error damaged(std::string_view name, const char* why) noexcept {
  return fail(Code::corrupt, "open", name, why, "look at it, then 'shmctl rm' it");
}

os::Error read_only(std::string_view name) noexcept {
  return fail(Code::denied, "change", name, "it is open for reading only");
}

os::Error gone(std::string_view name) noexcept { return fail(Code::absent, "open", name, "there is no such object"); }
}  // namespace

Result<void> Region::create(const store::Store& store, std::string_view name, const store::NewObject& object,
                            std::span<const std::uint64_t> first, std::uint64_t size,
                            std::span<const std::byte> content) noexcept {
  if (size > reserved_space - 2 * page) {
    return std::unexpected(fail(Code::limit, "create", name, "it would be larger than 64 GiB", "make it smaller"));
  }
  Control control{};
  control.top = heap_start + (size + 15) / 16 * 16;
  control.capacity = (store::first_payload_offset + control.top + page - 1) / page * page - store::first_payload_offset;
  const auto seed = os::random_id();
  if (!seed) {
    return std::unexpected(seed.error());
  }
  control.seed = *seed;
  auto* workspace = Workspace::of_several();
  if (workspace != nullptr) {
    const auto change = workspace->change_id(store);
    if (!change) {
      return std::unexpected(change.error());
    }
    control.removed = *change;
  }
  std::copy_n(first.begin(), std::min(first.size(), root_words), &control.root[0]);
  store::NewObject whole = object;
  whole.payload_size = control.capacity;
  whole.payload = std::as_bytes(std::span(&control, 1));
  os::Buffer beginning;
  if (!content.empty()) {
    if (!beginning.reserve(sizeof control + content.size())) {
      return std::unexpected(fail(Code::full, "create", name, "there is not enough memory"));
    }
    (void)beginning.add(whole.payload);
    (void)beginning.add(content.first(std::min<std::uint64_t>(content.size(), size)));
    whole.payload = beginning.bytes();
  }
  whole.locks = true;
  const auto created = Workspace::create(store, name, whole);
  return created && workspace != nullptr ? workspace->made_region(store, name) : created;
}

Result<Region> Region::open(const store::Store& store, std::string_view name, os::Access access) noexcept {
  auto* workspace = Workspace::active();
  return workspace != nullptr ? workspace->region(store, name, access) : open_anew(store, name, access);
}

Result<Region> Region::open_anew(const store::Store& store, std::string_view name, os::Access access) noexcept {
  auto object = store::open_object(store, name, access == os::Access::write ? O_RDWR : O_RDONLY);
  if (!object) {
    return std::unexpected(object.error().code == Code::absent ? gone(name) : object.error());
  }
  Region region;
  region.store_ = &store;
  region.info_ = object->info;
  region.known_size_ = object->info.size;
  region.file_ = std::move(object->file);
  region.name_.add(name);
  region.writable_ = access == os::Access::write;
  if (region.known_size_ < sizeof(store::Header)) {
    return std::unexpected(store::read_header({}, region.known_size_, name).error());
  }
  auto mapping = os::Mapping::open_growing(region.file_, region.known_size_, reserved_space, access, name);
  if (!mapping) {
    return std::unexpected(mapping.error());
  }
  region.mapping_ = std::move(*mapping);
  const auto header = store::read_header({region.mapping_.data(), sizeof(store::Header)}, region.known_size_, name);
  if (!header) {
    return std::unexpected(header.error());
  }
  region.header_ = *header;
  const std::uint64_t begin = header->payload_offset;
  if (begin != store::first_payload_offset || begin > region.known_size_ || header->payload_size < sizeof(Control) ||
      header->payload_size > region.known_size_ - begin) {
    return std::unexpected(damaged(name, "the object's header is damaged"));
  }
  region.memory_ = Memory(region.mapping_.data() + begin, region.mapping_.size() - begin);
  if (const auto presence = region.presence(); !presence) {
    return std::unexpected(presence.error());
  } else if (*presence != Presence::there) {
    if (*presence == Presence::removed && region.writable_) {
      region.set_patience(0);  // a remover that is not dead does that itself
      (void)region.begin();    // finishes what a dead one did not
    }
    return std::unexpected(gone(name));
  }
  if (const auto capacity = region.capacity(); !capacity) {
    return std::unexpected(capacity.error());
  }
  return region;
}

Result<std::uint64_t> Region::capacity() const noexcept {
  const std::uint64_t capacity = load(memory_.control().capacity);
  const std::uint64_t begin = header_.payload_offset;
  if (capacity % 16 == 0 && capacity >= heap_start && capacity <= memory_.mapped()) {
    if (capacity <= known_size_ - begin) {
      return capacity;
    }
    if (const auto now = os::info(file_); now && capacity <= now->size - begin && now->size >= begin) {
      known_size_ = now->size;
      return capacity;
    }
  } else if (capacity > memory_.mapped() && capacity <= reserved_space) {
    return std::unexpected(fail(Code::full, "open", name(), "this process may not have that much address space",
                                "raise its limit, see 'ulimit -v'"));
  }
  return std::unexpected(damaged(name(), "it says it is larger than its file"));
}

Result<void> Region::ensure_session() noexcept {
  constexpr int tries = 3;                                          // for ids that somebody has already
  constexpr std::uint64_t last_id = (std::uint64_t{1} << 63U) - 1;  // as far as a file has bytes
  for (int i = 0; i < tries; ++i) {
    const Session::NoFork quiet;
    os::FileInfo found;
    auto lock_file = store_->open_file(store::lock_name(header_.id).view(), O_RDWR, &found);
    if (!lock_file) {
      if (lock_file.error().code != Code::absent) {
        return std::unexpected(lock_file.error());
      }
      return std::unexpected(
          has_no_name() ? gone(name()) : damaged(name(), "its lock file was deleted: who changes it can't be told"));
    }
    const std::uint64_t id = __atomic_add_fetch(&memory_.control().sessions, 1, __ATOMIC_ACQ_REL);
    if (id == 0 || id > last_id) {
      break;
    }
    auto begun = session_.begin(quiet, std::move(*lock_file), id);
    if (begun || begun.error().code != Code::busy) {
      return begun;
    }
  }
  return std::unexpected(damaged(name(), "its count of sessions is damaged"));
}

Result<void> Region::check_word(Ref at) const noexcept {
  if (!writable_) {
    return std::unexpected(read_only(name()));
  }
  const auto now = capacity();
  if (!now) {
    return std::unexpected(now.error());
  }
  if (at.offset < heap_start || !Memory::inside(at.offset, 8, *now)) {
    return std::unexpected(
        fail(Code::corrupt, "change", name(), "its content is damaged", "look at it, then 'shmctl rm' it"));
  }
  return {};
}

Result<Transaction> Region::begin() noexcept {
  if (!writable_) {
    return std::unexpected(read_only(name()));
  }
  if (outer_.on) {
    return outer_.failed ? Result<Transaction>(std::unexpected(failure_))
                         : Result<Transaction>(std::in_place, Transaction::Key(), *this, memory_, outer_.capacity);
  }
  if (session_.id() == 0) {
    if (const auto begun = ensure_session(); !begun) {
      return std::unexpected(begun.error());
    }
  }
  if (const auto locked = Lock::acquire(memory_, session_, patience_ns_, name()); !locked) {
    return std::unexpected(locked.error());
  }
  const auto now = capacity();  // whoever had the lock before may have made it grow
  if (!now) {
    unlock();
    return std::unexpected(now.error());
  }
  if (const auto whole = recover(*now); !whole) {
    unlock();
    return std::unexpected(whole.error());
  }
  if (load(memory_.control().removed) != 0) {
    const auto present = presence();
    if (!present || *present != Presence::there) {
      if (present && *present == Presence::removed) {
        store(memory_.control().removed, gone_for_good);
        (void)finish_removal();
      }
      unlock();
      return std::unexpected(present ? gone(name()) : present.error());
    }
    if (!Workspace::is_own(load(memory_.control().removed))) {
      store(memory_.control().removed, 0);  // who wanted its name, or made it, was killed before it could do this
    }
  }
  return Result<Transaction>(std::in_place, Transaction::Key(), *this, memory_, *now);
}

Result<void> Region::recover(std::uint64_t capacity) noexcept {
  auto& control = memory_.control();
  const std::uint64_t joined = load(control.joined);
  if (joined == 0) {
    return Lock::recover(memory_, capacity, name());
  }
  if (count_of(load(control.head)) != 0) {
    const auto decision = store::decision_of(*store_, joined);
    if (!decision) {
      return std::unexpected(decision.error());
    }
    if (*decision == store::Decision::happened) {
      segment::commit(memory_);
      wake_sleepers(memory_);
    } else if (const auto undone = Lock::recover(memory_, capacity, name()); !undone) {
      return undone;
    }
  }
  store(control.joined, 0);
  return {};
}

os::Error Region::damaged_content() const noexcept {
  return fail(Code::corrupt, "read", name(), "its content is damaged", "look at it, then 'shmctl rm' it");
}

void Region::unlock() noexcept { Lock::release(memory_); }

Result<std::uint64_t> Region::grow(std::uint64_t end) noexcept {
  auto& control = memory_.control();
  const std::uint64_t now = load(control.capacity);
  const std::uint64_t begin = header_.payload_offset;
  const auto whole_pages = [begin](std::uint64_t payload) {
    return (begin + payload + page - 1) / page * page - begin;
  };
  const std::uint64_t least = whole_pages(end);
  if (end > memory_.mapped() || least > memory_.mapped()) {
    return std::unexpected(
        fail(Code::full, "change", name(), "it has grown as large as this process can map", "see 'ulimit -v'"));
  }
  const std::uint64_t ample =
      std::min(whole_pages(std::max(end, now + std::clamp(now / 2, least_growth, most_growth))), memory_.mapped());
  for (const std::uint64_t wanted : {ample, least}) {  // ahead if there is room, else what is needed now
    if (os::allocate(file_, begin + now, wanted - now)) {
      known_size_ = std::max(known_size_, begin + wanted);
      store(control.capacity, wanted);
      return wanted;
    }
  }
  return std::unexpected(fail(Code::full, "change", name(), "no memory is left for it"));
}

Result<void> Region::finish_removal() noexcept {
  const auto named = os::info_at(store_->dir(), name());
  Result<void> done;
  if (named && named->same_file(info_)) {
    done = os::remove_file_at(store_->dir(), name());
  } else if (!has_no_name()) {  // it was renamed, and can't be again: that needs the lock
    const auto other = store::name_of(*store_, info_);
    done = other.empty() ? Result<void>() : os::remove_file_at(store_->dir(), other.view());
  }
  if (has_no_name()) {  // else whoever comes next needs the lock, to do this
    store::remove_lock(*store_, header_.id);
  }
  return done;
}

void Region::note_new_name() noexcept { __atomic_fetch_add(&memory_.control().renamed, 1, __ATOMIC_ACQ_REL); }

bool Region::has_no_name() const noexcept {
  const auto now = os::info(file_);
  return now && now->links == 0;
}

Result<Presence> Region::presence() const noexcept {
  for (;;) {
    const std::uint64_t state = load(memory_.control().removed);
    if (state == 0 || Workspace::is_own(state)) {
      return Presence::there;
    }
    if (state < store::least_change_id) {
      return state == giving_way && !has_no_name() ? Presence::there : Presence::removed;
    }
    const auto decision = store::decision_of(*store_, state);
    if (!decision) {
      return std::unexpected(decision.error());
    }
    if (load(memory_.control().removed) == state) {  // else the record may be gone because all is done
      return *decision == store::Decision::happened    ? Presence::there
             : *decision == store::Decision::abandoned ? Presence::removed
                                                       : Presence::unborn;
    }
  }
}

std::uint64_t Region::generation() const noexcept { return generation_of(load(memory_.control().head)); }

bool Region::passed(std::int64_t deadline_ns) noexcept { return deadline_ns >= 0 && os::monotonic_ns() >= deadline_ns; }

void Region::wait(std::uint64_t seen, std::int64_t deadline_ns) const noexcept {
  constexpr std::int64_t long_ns = 1'000'000'000;  // it wakes earlier by itself
  const std::int64_t left_ns = deadline_ns < 0 ? long_ns : deadline_ns - os::monotonic_ns();
  if (left_ns > 0) {
    sleep_on_change(memory_, seen, std::min(left_ns, long_ns), writable_);
  }
}

std::uint64_t Region::file_size() const noexcept {
  const auto now = os::info(file_);
  return now ? now->size : known_size_;
}

}  // namespace shm::segment
