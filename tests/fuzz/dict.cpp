// Dicts, good and bad (kinds.hpp).
#include "object/dict.hpp"
#include "fuzz/kinds.hpp"
#include "object/kind.hpp"

namespace fuzz {

namespace {
using namespace shm;
using object::Dict;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

void set(Dict& dict, std::string_view key, std::string_view value, std::int64_t ttl_ns = 0) {
  const Dict::Pair pair = {bytes_of(key), bytes_of(value)};
  (void)dict.set(std::span(&pair, 1), ttl_ns);
}

void read_dict(const Dict& dict) {
  (void)dict.len();
  (void)dict.stats();
  (void)dict.items("");
  (void)dict.items("k");
  const Dict::Bytes keys[] = {bytes_of("k1"), bytes_of("n"), bytes_of("absent")};
  std::optional<object::DictValue> values[std::size(keys)];
  (void)dict.get(keys, values);
  (void)dict.contains(keys);
  for (const auto& key : keys) {
    (void)dict.get(key);
    (void)dict.time_left(key);
  }
}
}  // namespace

void make_dict(const store::Store& store, std::string_view name, unsigned state) {
  object::DictLimits limits;
  limits.max_items = state == 2 ? 45 : 0;
  (void)Dict::create(store, name, limits, {});
  auto dict = Dict::open(store, name, os::Access::write);
  if (!dict || state == 0) {
    return;
  }
  set(*dict, "n", "5");
  for (unsigned i = 0; i < 20 * state; ++i) {
    const std::int64_t ttl_ns = state == 3 && i % 3 == 0 ? 1 : i % 5 == 0 ? 1'000'000'000'000 : 0;
    set(*dict, "k" + std::to_string(i), std::string(i * 7 % 90, 'v'), ttl_ns);
  }
}

void use_dict(const store::Store& store, std::string_view name, bool write) {
  (void)object::describe(store, name);
  auto dict = Dict::open(store, name, write ? os::Access::write : os::Access::read);
  if (!dict) {
    return;
  }
  read_dict(*dict);
  if (!write) {
    return;
  }
  const std::string large(3000, 'x');
  for (int i = 0; i < 12; ++i) {
    set(*dict, "new" + std::to_string(i), i % 2 == 0 ? "7" : large, i % 4 == 0 ? 1 : 0);
  }
  const Dict::Amount amounts[] = {{bytes_of("n"), 3}, {bytes_of("new2"), INT64_MAX}, {bytes_of("other"), -1}};
  std::int64_t sums[3];
  for (const auto& amount : amounts) {
    (void)dict->add(std::span(&amount, 1), sums);
  }
  (void)dict->add(amounts, sums);
  for (const auto* key : {"k1", "k3", "k5", "n", "new1"}) {
    (void)dict->swap(bytes_of(key), bytes_of("short"), 5'000'000'000);
    (void)dict->compare_and_set(bytes_of(key), bytes_of("short"), bytes_of(large));
    (void)dict->expire(bytes_of(key), 0);
    (void)dict->set_default(bytes_of(key), bytes_of("default"), 1);
    (void)dict->take(bytes_of(key), 0);
  }
  const Dict::Bytes keys[] = {bytes_of("k2"), bytes_of("k4"), bytes_of("k6")};
  (void)dict->remove(keys, 0);
  read_dict(*dict);
  (void)dict->clear();
  set(*dict, "last", "1", 1'000'000'000);
  read_dict(*dict);
}

}  // namespace fuzz
