// How a dict is made and changed; each of the changes is one transaction.
#include "object/dict.hpp"
#include "object/dict_entries.hpp"

namespace shm::object {

namespace {
using namespace dict;
using os::Code;
using os::fail;
using os::Result;

enum ConfigWord : std::uint8_t { config_items, config_bytes };

os::Error empty_key(const char* attempt, std::string_view name) noexcept {
  return fail(Code::usage, attempt, name, "a key is empty", "a key has one byte at least");
}

bool fits(std::uint64_t now, std::uint64_t more, std::uint64_t most) noexcept {
  return most == 0 || (now <= most && more <= most - now);
}

// With what they hold now, less what goes.
bool has_room(const Reader& reader, const DictLimits& limits, const Entry& old, std::uint64_t key_size,
              std::uint64_t value_size) noexcept {
  const std::uint64_t less = old ? old.key_size + old.value_size() : 0;
  return (old || fits(by_key.size(reader), 1, limits.max_items)) &&
         fits(reader.get_root(bytes) - less, key_size + value_size, limits.max_bytes);
}

std::uint64_t hash_in(const Reader& reader, Bytes key) noexcept { return segment::hash_of(key, reader.seed()); }

// The last step of every change.
Result<void> finish(Transaction& change) noexcept {
  purge_some(change);
  return change.commit();
}
}  // namespace

Result<void> Dict::create(const store::Store& store, std::string_view name, const DictLimits& limits,
                          const Permissions& permissions) noexcept {
  store::NewObject object;
  object.kind = static_cast<std::uint16_t>(Kind::dict);
  object.config[config_items] = limits.max_items;
  object.config[config_bytes] = limits.max_bytes;
  permissions.apply_to(object);
  return create_named(store, name, [&] { return segment::Region::create(store, name, object); });
}

Result<Dict> Dict::open(const store::Store& store, std::string_view name, os::Access access) noexcept {
  auto region = open_region(store, name, Kind::dict, access);
  if (!region) {
    return std::unexpected(region.error());
  }
  Dict opened;
  opened.limits_.max_items = region->header().config[config_items];
  opened.limits_.max_bytes = region->header().config[config_bytes];
  opened.region_ = std::move(*region);
  return opened;
}

os::Error Dict::absent_key(const char* attempt) const noexcept {
  return fail(Code::empty, attempt, region_.name(), "it has no such key");
}

// One transaction on one key: `act(change, hash)` returns a Result of what is returned once that is done.
template <class Act>
auto Dict::change(const char* attempt, Bytes key, Act act) noexcept {
  using Done = decltype(act(std::declval<Transaction&>(), std::uint64_t{}));
  if (key.empty()) {
    return Done(std::unexpected(empty_key(attempt, region_.name())));
  }
  auto begun = region_.begin();
  if (!begun) {
    return Done(std::unexpected(begun.error()));
  }
  auto done = act(*begun, hash_in(*begun, key));
  if (done || begun->failed()) {  // a failed transaction says why itself
    if (const auto finished = finish(*begun); !finished) {
      return Done(std::unexpected(finished.error()));
    }
  }
  return done;
}

// `end` null: it stays as it is.
Result<void> Dict::place(Transaction& change, const char* attempt, const Pair& pair, std::uint64_t hash,
                         const Expiry* end) noexcept {
  const NewValue value = NewValue::of(pair.value);
  Entry old = find_any(change, hash, pair.key);
  if (!has_room(change, limits_, old, pair.key.size(), value.size())) {
    purge(change);
    old = find_any(change, hash, pair.key);
    if (!has_room(change, limits_, old, pair.key.size(), value.size())) {
      return std::unexpected(fail(Code::limit, attempt, region_.name(), "it is as full as its limits allow",
                                  "remove keys, or create it with larger limits"));
    }
  }
  const bool stays = end == nullptr && old && !is_over(change, old);
  put(change, hash, pair.key, old, value, stays ? end_of(change, old) : end != nullptr ? *end : Expiry{});
  return {};
}

Result<void> Dict::set(std::span<const Pair> pairs, std::int64_t ttl_ns, When when) noexcept {
  const char* const attempt = "set in dict";
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  const Expiry all_end = Expiry::after(ttl_ns);
  for (const auto& pair : pairs) {
    if (pair.key.empty()) {
      return std::unexpected(empty_key(attempt, region_.name()));
    }
    if (pairs.size() > 1) {
      by_key.prefetch(*change, hash_in(*change, pair.key));
    }
  }
  // What each of them finds is looked at first: of a key that comes twice, both find the same.
  for (const auto& pair : pairs) {
    if (when == When::always) {
      break;
    }
    const bool there = static_cast<bool>(find(*change, hash_in(*change, pair.key), pair.key));
    if (!there && when == When::present) {
      return std::unexpected(absent_key(attempt));
    }
    if (there && when == When::absent) {
      return std::unexpected(fail(Code::lost, attempt, region_.name(), "the key is there already"));
    }
  }
  for (const auto& pair : pairs) {
    const Expiry& end = pair.end.boottime_ns != 0 ? pair.end : all_end;
    if (auto placed = place(*change, attempt, pair, hash_in(*change, pair.key), &end); !placed) {
      return placed;
    }
  }
  return finish(*change);
}

Result<void> Dict::add(std::span<const Amount> amounts, std::span<std::int64_t> sums) noexcept {
  const char* const attempt = "add in dict";
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  for (std::size_t i = 0; i < amounts.size() && i < sums.size(); ++i) {
    const auto& [key, amount] = amounts[i];
    if (key.empty()) {
      return std::unexpected(empty_key(attempt, region_.name()));
    }
    const std::uint64_t hash = hash_in(*change, key);
    const Entry old = find(*change, hash, key);
    if (old && !old.is_number()) {
      return std::unexpected(
          fail(Code::wrong_kind, attempt, region_.name(), "the value is no whole number of 64 bits"));
    }
    if (__builtin_add_overflow(old ? old.number() : 0, amount, &sums[i])) {
      return std::unexpected(fail(Code::range, attempt, region_.name(), "the sum is outside of what 64 bits can hold",
                                  "nothing was changed"));
    }
    if (old) {
      if (amount != 0) {
        change->set(old.at + dict::amount, static_cast<std::uint64_t>(sums[i]));
      }
      continue;
    }
    const DictValue sum(sums[i]);
    const Pair pair = {key, std::as_bytes(std::span(sum.view()))};
    if (auto placed = place(*change, attempt, pair, hash, nullptr); !placed) {
      return placed;
    }
  }
  return finish(*change);
}

Result<std::uint64_t> Dict::remove(std::span<const Bytes> keys, std::int64_t deadline_ns) noexcept {
  const char* const attempt = "delete from dict";
  return region_.wait_for(Code::empty, deadline_ns, [&]() -> Result<std::uint64_t> {
    auto change = region_.begin();
    if (!change) {
      return std::unexpected(change.error());
    }
    std::uint64_t removed = 0;
    for (const auto& key : keys) {
      if (key.empty()) {
        return std::unexpected(empty_key(attempt, region_.name()));
      }
      const std::uint64_t hash = hash_in(*change, key);
      if (const Entry entry = find(*change, hash, key)) {
        dict::remove(*change, hash, entry);
        ++removed;
      }
    }
    if (removed == 0 && !change->failed()) {
      return std::unexpected(absent_key(attempt));
    }
    if (const auto done = finish(*change); !done) {
      return std::unexpected(done.error());
    }
    return removed;
  });
}

Result<DictValue> Dict::take(Bytes key, std::int64_t deadline_ns) noexcept {
  const char* const attempt = "take from dict";
  return region_.wait_for(Code::empty, deadline_ns, [&] {
    return change(attempt, key, [&](Transaction& change, std::uint64_t hash) -> Result<DictValue> {
      const Entry entry = find(change, hash, key);
      if (!entry) {
        return std::unexpected(absent_key(attempt));
      }
      auto value = value_of(change, entry, region_.name());
      if (value) {
        dict::remove(change, hash, entry);
      }
      return value;
    });
  });
}

Result<DictValue> Dict::set_default(Bytes key, Bytes value, std::int64_t ttl_ns) noexcept {
  const char* const attempt = "set in dict";
  return change(attempt, key, [&](Transaction& change, std::uint64_t hash) -> Result<DictValue> {
    if (const Entry entry = find(change, hash, key)) {
      return value_of(change, entry, region_.name());
    }
    os::Buffer copy;
    if (!copy.add(value)) {
      return std::unexpected(fail(Code::full, attempt, region_.name(), "there is no memory for so large a value"));
    }
    const Expiry end = Expiry::after(ttl_ns);
    if (const auto placed = place(change, attempt, {key, value}, hash, &end); !placed) {
      return std::unexpected(placed.error());
    }
    return DictValue(std::move(copy));
  });
}

Result<DictValue> Dict::swap(Bytes key, Bytes value, std::int64_t ttl_ns) noexcept {
  const char* const attempt = "swap in dict";
  return change(attempt, key, [&](Transaction& change, std::uint64_t hash) -> Result<DictValue> {
    const Entry entry = find(change, hash, key);
    if (!entry) {
      return std::unexpected(absent_key(attempt));
    }
    auto before = value_of(change, entry, region_.name());
    if (!before) {
      return before;
    }
    const Expiry end = Expiry::after(ttl_ns);
    if (const auto placed = place(change, attempt, {key, value}, hash, &end); !placed) {
      return std::unexpected(placed.error());
    }
    return before;
  });
}

Result<void> Dict::compare_and_set(Bytes key, Bytes expected, Bytes wanted) noexcept {
  const char* const attempt = "compare in dict";
  return change(attempt, key, [&](Transaction& change, std::uint64_t hash) -> Result<void> {
    const Entry entry = find(change, hash, key);
    if (!entry) {
      return std::unexpected(absent_key(attempt));
    }
    if (!holds(change, entry, expected)) {
      return std::unexpected(fail(Code::lost, attempt, region_.name(), "the key has another value"));
    }
    return place(change, attempt, {key, wanted}, hash, nullptr);
  });
}

Result<void> Dict::expire(Bytes key, std::int64_t ttl_ns) noexcept {
  const char* const attempt = "set the end in dict";
  return change(attempt, key, [&](Transaction& change, std::uint64_t hash) -> Result<void> {
    const Entry entry = find(change, hash, key);
    if (!entry) {
      return std::unexpected(absent_key(attempt));
    }
    auto value = value_of(change, entry, region_.name());
    if (!value) {
      return std::unexpected(value.error());
    }
    const NewValue same = value->is_number() ? NewValue::of(value->number())
                                             : NewValue{false, 0, std::as_bytes(std::span(value->view()))};
    put(change, hash, key, entry, same, Expiry::after(ttl_ns));
    return {};
  });
}

Result<std::uint64_t> Dict::clear() noexcept {
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  const std::uint64_t there = dict::clear(*change);
  if (const auto done = change->commit(); !done) {
    return std::unexpected(done.error());
  }
  return there;
}

}  // namespace shm::object
