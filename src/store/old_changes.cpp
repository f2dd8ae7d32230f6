#include "store/old_changes.hpp"
#include "os/clock.hpp"
#include "store/change_file.hpp"
#include "store/name.hpp"

namespace shm::store {

std::span<OldChanges::Record> OldChanges::records() const noexcept {
  return {reinterpret_cast<Record*>(records_.data()), records_.size() / sizeof(Record)};
}

// Dead for a minute: nothing of it is on its way any more.
bool OldChanges::has_ended(std::string_view name) const noexcept {
  constexpr std::int64_t minute = 60'000'000'000;
  const auto file = os::info_at(store_.dir(), name);
  return file && os::realtime_ns() - file->modified_ns > minute && maker_is_dead(store_, id_of_change(name));
}

void OldChanges::record(std::string_view name) noexcept {
  if (has_ended(name)) {
    const Record ended{id_of_change(name), false};
    (void)records_.add(std::as_bytes(std::span(&ended, 1)));  // else it is not removed this time
  }
}

void OldChanges::look(std::string_view object, void (*needed)(void*, std::string_view), void* context) noexcept {
  const auto id = change_of_(store_, object);
  if (!id) {
    unknown_ = unknown_ || id.error().code != os::Code::absent;
    return;
  }
  for (auto& record : records()) {
    if (record.id == *id) {
      record.needed = true;
      needed(context, object);
    }
  }
}

std::uint64_t OldChanges::count(bool mend, void (*needed)(void* context, std::string_view object),
                                void* context) noexcept {
  if (records().empty() || change_of_ == nullptr) {
    return 0;
  }
  struct Search {
    OldChanges& changes;
    void (*needed)(void*, std::string_view);
    void* context;
  } search{*this, needed, context};
  const auto listed = os::list_directory(
      store_.dir(),
      [](void* all, std::string_view name) {
        auto& wanted = *static_cast<Search*>(all);
        if (valid_name(name)) {
          wanted.changes.look(name, wanted.needed, wanted.context);
        }
        return true;
      },
      &search);
  std::uint64_t left = 0;
  for (const auto& record : records()) {
    if (!record.needed) {
      const bool removable = mend && listed && !unknown_;
      left += removable && os::remove_file_at(store_.dir(), change_name(record.id).view()) ? 0 : 1;
    }
  }
  return left;
}

}  // namespace shm::store
