// An object that has only an index: entries found by the hash of a number.
#include "kinds.hpp"
#include "raw.hpp"
#include "segment/hash_index.hpp"
#include "state.hpp"

namespace crash {

using shm::segment::HashIndex;
using shm::segment::Reader;
using shm::segment::Ref;
using shm::segment::Transaction;
using shm::store::Store;

namespace {
constexpr std::size_t index_root = 0;
constexpr std::uint64_t key_word = 2;
constexpr std::uint64_t entry_words = 3;
constexpr std::uint64_t most_keys = 40;
constexpr HashIndex index(index_root, 0);

// Few differ, so that chains are long.
constexpr std::uint64_t hash_of_key(std::uint64_t key) { return key * 5 % 23; }

Ref find(const Reader& reader, std::uint64_t key) {
  return index.find(reader, hash_of_key(key), [&](Ref entry) { return reader.get(entry + key_word) == key; });
}

void insert(Transaction& change, std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t key = from; key < to; ++key) {
    if (find(change, key)) {
      continue;
    }
    const auto entry = change.allocate(entry_words * 8);
    entry.put(1, hash_of_key(key));
    entry.put(key_word, key);
    index.insert(change, entry.ref());
  }
}

void erase(Transaction& change, std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t key = from; key < to; ++key) {
    if (const Ref entry = find(change, key)) {
      index.erase(change, entry);
      change.free(entry);
    }
  }
}

std::string describe(const Reader& reader) {
  std::string seen = std::to_string(index.size(reader)) + ":";
  for (std::uint64_t key = 0; key < most_keys; ++key) {
    if (find(reader, key)) {
      seen += " " + std::to_string(key);
    }
  }
  return seen;
}

std::vector<Block> blocks(const Reader& reader) {
  std::vector<Block> found;
  for (std::uint64_t key = 0; key < most_keys; ++key) {
    if (const Ref entry = find(reader, key)) {
      found.push_back({entry, entry_words * 8});
    }
  }
  add_index_blocks(reader, index_root, found);
  return found;
}

Workload workload(const char* name, std::uint64_t before, const std::function<void(Transaction&)>& act,
                  bool quick = false) {
  const auto committed = [](const std::function<void(Transaction&)>& change_by) {
    return raw::change([change_by](Transaction& change) {
      change_by(change);
      return outcome_of(change.commit());
    });
  };
  return {
      name,
      [=](const Store& store) { must(committed([=](Transaction& change) { insert(change, 0, before); })(store)()); },
      committed(act), true, quick};
}
}  // namespace

Kind index_kind() {
  Kind kind;
  kind.name = "index";
  kind.create = raw::create;
  kind.content = [](const Store& store, shm::os::Access access) { return content_of(store, access, describe); };
  kind.blocks = blocks;
  kind.workloads.push_back(workload("first", 0, [](Transaction& change) { insert(change, 0, 1); }));
  kind.workloads.push_back(workload("split", 12, [](Transaction& change) { insert(change, 12, 15); }, true));
  kind.workloads.push_back(workload("chunk", 24, [](Transaction& change) { insert(change, 24, 26); }));
  kind.workloads.push_back(workload(
      "erase", 12,
      [](Transaction& change) {
        erase(change, 3, 6);
        insert(change, 20, 21);
      },
      true));
  kind.workloads.push_back(workload("clear", 12, [](Transaction& change) {
    erase(change, 0, 12);
    index.clear(change);
  }));
  return kind;
}

}  // namespace crash
