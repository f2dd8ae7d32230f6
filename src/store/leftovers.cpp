#include "store/leftovers.hpp"
#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include "os/clock.hpp"
#include "os/flock.hpp"
#include "store/name.hpp"
#include "store/object_file.hpp"

namespace shm::store {

namespace {
std::span<std::uint64_t> numbers(const os::Buffer& ids) noexcept {
  return {reinterpret_cast<std::uint64_t*>(ids.data()), ids.size() / sizeof(std::uint64_t)};
}
}  // namespace

bool Leftovers::remember(os::Buffer& ids, std::uint64_t id) noexcept {
  if (ids.add(std::as_bytes(std::span(&id, 1)))) {
    return true;
  }
  unknown_ = true;
  return false;
}

void Leftovers::object(std::string_view name) noexcept {
  const auto file = open_object(store_, name, O_RDONLY);
  if (!file && file.error().code == os::Code::absent) {
    return;  // removed since
  }
  const auto header = file ? header_of(*file, name) : std::unexpected(file.error());
  if (header) {
    remember(ids_, header->id);
  } else {
    unknown_ = true;
  }
}

void Leftovers::building(std::string_view name) noexcept {
  if (!names_.add(name) || !names_.add(std::string_view("\0", 1))) {
    unknown_ = true;
  }
}

void Leftovers::lock(std::uint64_t id) noexcept { remember(locks_, id); }

// A creation takes microseconds, and what takes longer says that it is under way.
bool Leftovers::is_old(std::string_view name) const noexcept {
  constexpr std::int64_t minute = 60'000'000'000;
  const auto file = os::info_at(store_.dir(), name);
  return file && os::realtime_ns() - file->modified_ns > minute;
}

bool Leftovers::in_use(std::string_view name) const noexcept {
  os::FileInfo found;
  const auto file = store_.open_file(name, O_RDONLY, &found);
  if (!file) {
    return file.error().code != os::Code::absent && file.error().code != os::Code::untrusted;
  }
  const auto used = os::byte_used(*file, building_byte);
  return !used || *used;
}

bool Leftovers::remove(std::string_view name) noexcept {
  const auto file = os::info_at(store_.dir(), name);
  if (!file || !is_old(name)) {
    return !file;
  }
  if (S_ISDIR(file->mode)) {  // of a named store
    return os::remove_directory_at(store_.dir(), name).has_value();
  }
  return !in_use(name) && os::remove_file_at(store_.dir(), name);
}

std::uint64_t Leftovers::count(bool mend) noexcept {
  std::uint64_t left = 0;
  std::string_view names = names_.view();
  while (!names.empty()) {
    const auto name = names.substr(0, names.find('\0'));
    names.remove_prefix(name.size() + 1);
    if (!mend || !remove(name)) {
      ++left;
      // What is being made may be an object with a lock.
      os::FileInfo found;
      const auto file = store_.open_file(name, O_RDONLY, &found);
      Header header{};
      if (file && os::read_at(*file, std::as_writable_bytes(std::span(&header, 1)), 0)) {
        remember(ids_, header.id);
      }
    }
  }
  const auto ids = numbers(ids_);
  std::sort(ids.begin(), ids.end());
  for (const std::uint64_t id : numbers(locks_)) {
    if (unknown_ || std::binary_search(ids.begin(), ids.end(), id)) {
      continue;
    }
    if (!mend || !remove(lock_name(id).view())) {
      ++left;
    }
  }
  return left;
}

}  // namespace shm::store
