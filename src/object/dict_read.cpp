// How a dict is read.
#include <algorithm>
#include <charconv>
#include "object/dict_entries.hpp"
#include "os/clock.hpp"

namespace shm::object {

namespace {
using namespace dict;
using os::Code;
using os::Result;
using Values = std::span<std::optional<DictValue>>;
}  // namespace

bool is_dict_number(std::string_view value) noexcept { return NewValue::of(std::as_bytes(std::span(value))).is_number; }

std::string_view DictValue::view() const noexcept {
  if (!is_number_) {
    return bytes_.view();
  }
  const auto end = std::to_chars(&digits_[0], &digits_[0] + sizeof digits_, number_).ptr;
  return {&digits_[0], static_cast<std::size_t>(end - &digits_[0])};
}

/// Copies entries for a caller. What they say of their sizes together is never more than the object has.
class DictCopier {
 public:
  DictCopier(const Reader& reader, std::string_view prefix, std::uint64_t most)
      : reader_(reader), prefix_(prefix), now_(Expiry::now()), left_(most) {}

  /// False: there is no memory, or it makes no sense.
  bool add_all(DictItems& into) {
    Walk walk(reader_);
    bool good = true;
    for (std::uint64_t number = 0; number < by_key.buckets(reader_) && good && walk.step(); ++number) {
      by_key.visit(reader_, number, [&](Ref block, bool) { good = good && add(entry_at(reader_, block), into); });
    }
    const auto key_of = [&](const DictItems::Place& place) {
      return into.bytes_.view().substr(place.at, place.key_size);
    };
    std::sort(into.places_.begin(), into.places_.end(),
              [&](const auto& left, const auto& right) { return key_of(left) < key_of(right); });
    return good && !reader_.damaged();
  }

 private:
  bool add(const Entry& entry, DictItems& into) {
    const std::uint64_t value_size = entry.is_number() ? 0 : entry.held;
    if (entry.key_size > left_ || value_size > left_ - entry.key_size) {
      reader_.mark_damaged();
      return false;
    }
    const Expiry end = end_of(reader_, entry);
    if (end.over_at(now_)) {
      return true;
    }
    auto& bytes = into.bytes_;
    const std::uint64_t at = bytes.size();
    if (!reader_.copy(entry.key(), entry.key_size, bytes)) {
      return false;
    }
    if (!bytes.view().substr(at).starts_with(prefix_)) {
      bytes.grown_to(at);
      return true;
    }
    if (entry.is_number() ? !bytes.add(DictValue(entry.number()).view())
                          : value_size != 0 && !reader_.copy(entry.value(), value_size, bytes)) {
      return false;
    }
    left_ -= entry.key_size + value_size;
    into.places_.push_back({at, entry.key_size, bytes.size() - at - entry.key_size, end});
    return true;
  }

  const Reader& reader_;
  std::string_view prefix_;
  Expiry now_;
  std::uint64_t left_;
};

namespace {
Result<void> copy_values(const Reader& reader, std::span<const Bytes> keys, Values values,
                         std::string_view name) noexcept {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Entry entry = find(reader, segment::hash_of(keys[i], reader.seed()), keys[i]);
    values[i].reset();
    if (entry) {
      auto copy = value_of(reader, entry, name);
      if (!copy) {
        return std::unexpected(copy.error());
      }
      values[i] = std::move(*copy);
    }
  }
  return {};
}
}  // namespace

Result<DictValue> Dict::get(Bytes key) const noexcept {
  return region_.read([&](const Reader& reader) -> Result<DictValue> {
    const Entry entry = find(reader, segment::hash_of(key, reader.seed()), key);
    if (!entry) {
      return std::unexpected(absent_key("read dict"));
    }
    return value_of(reader, entry, region_.name());
  });
}

Result<void> Dict::get(std::span<const Bytes> keys, Values values) const noexcept {
  return region_.read([&](const Reader& reader) { return copy_values(reader, keys, values, region_.name()); });
}

Result<void> Dict::wait_for(std::span<const Bytes> keys, Values values, std::int64_t deadline_ns) noexcept {
  return region_.wait_for(Code::empty, deadline_ns, [&]() -> Result<void> {
    auto got = get(keys, values);
    if (got && std::find(values.begin(), values.end(), std::nullopt) != values.end()) {
      return std::unexpected(absent_key("read dict"));
    }
    return got;
  });
}

Result<bool> Dict::contains(std::span<const Bytes> keys) const noexcept {
  return region_.read([&](const Reader& reader) -> Result<bool> {
    return std::all_of(keys.begin(), keys.end(), [&](Bytes key) {
      return static_cast<bool>(find(reader, segment::hash_of(key, reader.seed()), key));
    });
  });
}

Result<std::optional<std::int64_t>> Dict::time_left(Bytes key) const noexcept {
  using Left = std::optional<std::int64_t>;
  return region_.read([&](const Reader& reader) -> Result<Left> {
    const Entry entry = find(reader, segment::hash_of(key, reader.seed()), key);
    if (!entry) {
      return std::unexpected(absent_key("read dict"));
    }
    if (!entry.has_end()) {
      return Left();
    }
    const Expiry end = end_of(reader, entry);
    const Expiry now = Expiry::now();
    const bool here = end.boot != 0 && end.boot == now.boot;
    std::int64_t left = 0;
    if (__builtin_sub_overflow(here ? end.boottime_ns : end.realtime_ns, here ? now.boottime_ns : now.realtime_ns,
                               &left)) {
      reader.mark_damaged();
    }
    return Left(std::max<std::int64_t>(left, 0));
  });
}

Result<DictItems> Dict::items(std::string_view prefix) const {
  return region_.read([&](const Reader& reader) -> Result<DictItems> {
    DictItems found;
    if (!DictCopier(reader, prefix, region_.file_size()).add_all(found)) {
      return std::unexpected(os::fail(Code::full, "read dict", region_.name(), "there is no memory for so much"));
    }
    return found;
  });
}

Result<std::uint64_t> Dict::len() const noexcept {
  return region_.read([](const Reader& reader) -> Result<std::uint64_t> { return live(reader); });
}

Result<DictStats> Dict::stats() const noexcept {
  return region_.read(
      [](const Reader& reader) -> Result<DictStats> { return DictStats{live(reader), reader.get_root(dict::bytes)}; });
}

}  // namespace shm::object
