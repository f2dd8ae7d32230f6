// An object that has only an index: entries found by the hash of a number.
#include <set>
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
constexpr std::uint64_t most_keys = 60;
constexpr HashIndex index(index_root);

// Few differ, so that some buckets have to link to others.
constexpr std::uint64_t hash_of_key(std::uint64_t key) { return key * 5 % 7; }

Ref find(const Reader& reader, std::uint64_t key) {
  return index.find(reader, hash_of_key(key), [&](Ref entry) { return reader.get(entry) == key; });
}

void insert(Transaction& change, std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t key = from; key < to; ++key) {
    if (find(change, key)) {
      continue;
    }
    const auto entry = change.allocate(8);
    entry.put(0, key);
    index.insert(change, hash_of_key(key), entry.ref(), key % 3 == 0);
  }
}

void erase(Transaction& change, std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t key = from; key < to; ++key) {
    if (const Ref entry = find(change, key)) {
      index.erase(change, hash_of_key(key), entry);
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
  // By hash and one after the other it is the same.
  std::set<std::uint64_t> met;
  for (std::uint64_t bucket = 0; bucket < index.buckets(reader) && bucket < most_keys; ++bucket) {
    index.visit(reader, bucket, [&](Ref entry, bool marked) {
      met.insert(reader.get(entry));
      seen += marked == (reader.get(entry) % 3 == 0) ? "" : " wrong mark";
    });
  }
  seen += met.size() == index.size(reader) ? "" : " not all met";
  return seen;
}

std::vector<Block> blocks(const Reader& reader) {
  std::vector<Block> found;
  for (std::uint64_t key = 0; key < most_keys; ++key) {
    if (const Ref entry = find(reader, key)) {
      found.push_back({entry, 8});
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
  const auto inserted = [](std::uint64_t from, std::uint64_t to) {
    return [=](Transaction& change) { insert(change, from, to); };
  };
  const auto erased = [](std::uint64_t from, std::uint64_t to) {
    return [=](Transaction& change) { erase(change, from, to); };
  };
  kind.workloads.push_back(workload("first", 0, inserted(0, 1)));
  kind.workloads.push_back(workload("insert", 12, inserted(12, 15), true));
  kind.workloads.push_back(workload("split", 16, inserted(16, 18), true));
  kind.workloads.push_back(workload("split of many", 32, inserted(32, 34), true));
  kind.workloads.push_back(workload("split in a chunk that is there", 36, inserted(36, 37)));
  kind.workloads.push_back(workload("split twice", 30, inserted(30, 37)));
  kind.workloads.push_back(workload("link", 14, inserted(14, 30)));
  kind.workloads.push_back(workload(
      "erase", 12,
      [](Transaction& change) {
        erase(change, 3, 6);
        insert(change, 20, 21);
      },
      true));
  kind.workloads.push_back(workload("erase what was linked", 55, erased(20, 55), true));
  kind.workloads.push_back(workload("erase all", 40, erased(0, 40)));
  kind.workloads.push_back(workload("erase the last", 1, erased(0, 1)));
  kind.workloads.push_back(workload(
      "replace", 20,
      [](Transaction& change) {
        const Ref old = find(change, 7);
        const auto fresh = change.allocate(8);
        fresh.put(0, 7);
        index.replace(change, hash_of_key(7), old, fresh.ref(), false);
        change.free(old);
      },
      true));
  const auto cleared = [](Transaction& change) {
    for (std::uint64_t key = 0; key < most_keys; ++key) {
      if (const Ref entry = find(change, key)) {
        change.free(entry);
      }
    }
    index.clear(change);
  };
  kind.workloads.push_back(workload("clear", 40, cleared, true));
  kind.workloads.push_back(workload("clear and begin anew", 40, [cleared](Transaction& change) {
    cleared(change);
    insert(change, 0, 40);
  }));
  return kind;
}

}  // namespace crash
