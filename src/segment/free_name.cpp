#include "segment/free_name.hpp"
#include <fcntl.h>
#include "os/clock.hpp"
#include "os/flock.hpp"
#include "segment/cell.hpp"
#include "segment/region.hpp"

namespace shm::segment {

namespace {
using os::Code;
using os::Result;

constexpr std::int64_t nap_ns = 1'000'000;

// Whether it is there; Code::absent: it is not, but its name may still be taken.
Result<void> look(const store::Store& store, std::string_view name) noexcept {
  const auto absent = [&] { return std::unexpected(os::fail(Code::absent, "open", name, "there is no such object")); };
  const auto segment = Segment::open_anew(store, name, os::Access::write, Segment::one_page);
  if (!segment) {
    return std::unexpected(segment.error());
  }
  if (!Cell::is_cell(segment->header())) {
    const auto region = Region::open_anew(store, name, os::Access::write);  // does it itself, where it can be done
    return region ? Result<void>() : std::unexpected(region.error());
  }
  const auto presence = Cell::presence(*segment);
  if (!presence) {
    return std::unexpected(presence.error());
  }
  if (*presence == Presence::there) {
    return {};
  }
  if (*presence == Presence::removed) {
    (void)take_name(store, name, segment->info());
  }
  return absent();
}
}  // namespace

Result<void> take_name(const store::Store& store, std::string_view name, const os::FileInfo& cell) noexcept {
  const auto object = store::open_object(store, name, O_RDWR);
  if (!object) {
    return object.error().code == Code::absent ? Result<void>() : std::unexpected(object.error());
  }
  // One at a time: who looked at the name before another one took it away must not take it from the next object.
  const auto mine = os::try_byte(object->file, store::building_byte);
  if (!mine) {
    return std::unexpected(mine.error());
  }
  const auto named = os::info_at(store.dir(), name);
  if (!named) {
    return named.error().code == Code::absent ? Result<void>() : std::unexpected(named.error());
  }
  const bool still = *mine && object->info.same_file(cell) && named->same_file(cell);
  return still ? os::remove_file_at(store.dir(), name) : Result<void>();
}

Result<bool> free_name(const store::Store& store, std::string_view name, std::int64_t patience_ns) noexcept {
  const std::int64_t deadline_ns = os::monotonic_ns() + patience_ns;
  for (;;) {
    const auto there = look(store, name);
    if (there || there.error().code != Code::absent) {
      return false;
    }
    if (const auto named = os::info_at(store.dir(), name); !named && named.error().code == Code::absent) {
      return true;
    }
    const std::int64_t now = os::monotonic_ns();
    if (now >= deadline_ns) {
      return std::unexpected(
          os::fail(Code::timed_out, "create", name, "a change of several objects that makes it does not get done",
                   "look for a 'shmctl exec --atomic' that is stopped; 'shmctl rm' removes a damaged object"));
    }
    os::sleep_until(now + nap_ns);
  }
}

}  // namespace shm::segment
