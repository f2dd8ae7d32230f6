// The workloads of kind raw. See raw.hpp.
#include <sys/resource.h>
#include <csignal>
#include <random>
#include "raw.hpp"
#include "state.hpp"

namespace crash {

using shm::segment::Reader;
using shm::segment::Ref;
using shm::segment::Transaction;
using shm::segment::Walk;
using shm::store::Store;

namespace {

Outcome committed(Transaction& change) { return outcome_of(change.commit()); }

void nothing(const Store&) {}

/// Prepares by some changes, each committed by itself.
std::function<void(const Store&)> by(std::vector<std::function<void(Transaction&)>> steps) {
  return [steps = std::move(steps)](const Store& store) {
    for (const auto& step : steps) {
      must(raw::change([&](Transaction& change) {
        step(change);
        return committed(change);
      })(store)());
    }
  };
}

Workload workload(std::string name, std::function<void(const Store&)> prepare,
                  const std::function<void(Transaction&)>& act, bool quick = false) {
  return {std::move(name), std::move(prepare), raw::change([act](Transaction& change) {
            act(change);
            return committed(change);
          }),
          true, quick};
}

// No file grows while this lives.
class NoGrowth {
 public:
  NoGrowth() {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit none = before_;
    none.rlim_cur = 4096;
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  NoGrowth(const NoGrowth&) = delete;
  NoGrowth& operator=(const NoGrowth&) = delete;
  ~NoGrowth() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

void twice(Transaction& change) {
  for (std::uint64_t round = 1; round <= 2; ++round) {
    for (std::size_t i = 0; i < raw::words; ++i) {
      change.set_root(i, round * 1000 + i);
    }
  }
}

// So many entries that the log needs two parts more.
void many(Transaction& change) {
  const Ref at = raw::block(change, 0);
  for (std::uint64_t round = 1; round <= 2; ++round) {
    for (std::uint64_t i = 0; i < 120; ++i) {
      change.set(at + raw::first_word + i, round * 100000 + i);
    }
  }
}

void mix(Transaction& change) {
  raw::drop(change, 1);
  raw::add(change, 3, 7000);  // from a free list
  raw::add(change, 3, 7100);  // as well, or from the top
  raw::drop(change, 0);       // new in this change
  raw::drop(change, 2);
  raw::add(change, 12, 7200);  // from the top
  raw::drop(change, 1);        // came from a free list in this change
}

void random_change(Transaction& change, std::mt19937_64& random) {
  const auto below = [&](std::uint64_t end) { return random() % end; };
  for (std::uint64_t left = 2 + below(8); left > 0; --left) {
    const std::uint64_t sizes[] = {1, 2, 3, 4, 6, 9, 14, 30, 62};
    switch (below(8)) {
      case 0:
      case 1: raw::add(change, sizes[below(std::size(sizes))], random() % 100000); break;
      case 2:
      case 3: raw::drop(change, below(4)); break;
      case 4: raw::append(change, below(3), 1 + below(4), random() % 100000); break;
      case 5: change.set_root(below(raw::words), random() % 100000); break;
      default:
        if (const Ref at = raw::block(change, below(4))) {
          const std::uint64_t used = change.get(at + raw::used_word);
          for (std::uint64_t i = below(20); used > 0 && i > 0; --i) {
            change.set(at + raw::first_word + below(used), random() % 100000);
          }
        }
    }
  }
}

std::vector<Block> blocks(const Reader& reader) {
  std::vector<Block> found;
  Walk walk(reader);
  for (Ref each = reader.ref_root(raw::list_root); each && walk.step(); each = reader.ref(each + raw::next_word)) {
    found.push_back({each, (raw::first_word + reader.get(each + raw::used_word)) * 8});
  }
  return found;
}

const auto four_blocks = by({[](Transaction& change) {
                               for (std::uint64_t i = 0; i < 6; ++i) raw::add(change, 3, i * 100);
                             },
                             [](Transaction& change) {
                               raw::drop(change, 4);
                               raw::drop(change, 1);
                             }});

}  // namespace

Workload random_workload(std::uint64_t seed) {
  std::vector<std::function<void(Transaction&)>> before;
  for (std::uint64_t i = 0; i < seed % 5; ++i) {
    before.emplace_back([seed, i](Transaction& change) {
      std::mt19937_64 random(seed * 1000 + i);
      random_change(change, random);
    });
  }
  return workload("seed " + std::to_string(seed), by(std::move(before)), [seed](Transaction& change) {
    std::mt19937_64 random(seed);
    random_change(change, random);
  });
}

Kind raw_kind() {
  Kind kind;
  kind.name = "raw";
  kind.create = raw::create;
  kind.content = [](const Store& store, shm::os::Access access) {
    return content_of(store, access, [](const Reader& reader) { return raw::describe(reader); });
  };
  kind.blocks = blocks;
  auto& all = kind.workloads;
  all.push_back(workload("twice", nothing, twice, true));
  all.push_back(workload("many", by({[](Transaction& change) { raw::add(change, 120, 5); }}), many, true));
  all.push_back(workload("mix", four_blocks, mix, true));
  all.push_back(workload(
      "shared", by({[](Transaction& change) { raw::add(change, 5, 5); }}),
      [](Transaction& change) {
        const auto add = [](std::uint64_t now, std::uint64_t& next) {
          next = now + 1000;
          return true;
        };
        for (const std::uint64_t word : {0, 3, 0, 4})
          change.set_shared(raw::block(change, 0) + raw::first_word + word, add);
      },
      true));
  all.push_back(workload(
      "reuse", four_blocks,
      [](Transaction& change) {
        raw::add(change, 2, 8000);
        raw::drop(change, 0);
        raw::drop(change, 0);
        raw::drop(change, 0);
      },
      true));
  all.push_back(workload(
      "free", four_blocks,
      [](Transaction& change) {
        raw::drop(change, 0);
        raw::drop(change, 0);
        raw::add(change, 1, 9000);
      },
      true));
  all.push_back(workload(
      "sizes", nothing,
      [](Transaction& change) {
        for (const std::uint64_t size : {1, 2, 4, 5, 6, 7, 8, 9, 11, 15, 18, 25}) raw::add(change, size, size * 100);
      },
      true));
  all.push_back(workload(
      "spare", by({[](Transaction& change) {
        raw::add(change, 5, 5);
        raw::add(change, 7, 5);
      }}),
      [](Transaction& change) {
        raw::append(change, 0, 3, 400);
        raw::append(change, 1, 3, 500);
      },
      true));
  // More than the file has at first: it grows.
  all.push_back(workload(
      "grow", by({[](Transaction& change) { raw::add(change, 3, 5); }}),
      [](Transaction& change) {
        change.set_root(0, 1);
        const auto large = change.allocate(24000);
        large.put(raw::next_word, change.get_root(raw::list_root));
        large.put(raw::used_word, 1);
        large.put(raw::first_word, 77);
        change.set_root(raw::list_root, large.ref());
        change.set_root(1, 2);
      },
      true));
  // It can't grow: a larger free block is split.
  all.push_back(workload(
      "split",
      by({[](Transaction& change) {
            raw::add(change, 60, 5);
            raw::add(change, 2, 6);
          },
          [](Transaction& change) {
            const std::uint64_t left = change.size_of(raw::block(change, 0));
            raw::add(change, 4, left);
            raw::drop(change, 2);
          },
          [](Transaction& change) {
            // All that is left of the file's first page.
            const NoGrowth full;
            for (int i = 0; i < 9; ++i) raw::add(change, 2, 1);
          }}),
      [](Transaction& change) {
        const NoGrowth full;
        for (std::uint64_t i = 0; i < 6; ++i) raw::add(change, 3 + i % 2 * 7, i * 10);
        raw::drop(change, 3);
        raw::drop(change, 0);
      },
      true));
  Workload abandoned = workload("abandon", four_blocks, mix, true);
  abandoned.operation = raw::change([](Transaction& change) {
    mix(change);
    twice(change);
    return Outcome();
  });
  all.push_back(abandoned);
  Workload failed = workload("fail", four_blocks, mix, true);
  failed.operation = raw::change([](Transaction& change) {
    mix(change);
    change.fail(shm::os::fail(shm::os::Code::limit, "change", object_name, "on purpose"));
    return change.commit() ? Outcome(shm::os::fail(shm::os::Code::system, "change", object_name, "it should fail"))
                           : Outcome();
  });
  all.push_back(failed);
  Workload removed = workload("remove", four_blocks, mix, true);
  removed.operation = raw::change([](Transaction& change) {
    change.set_root(0, 5);
    return outcome_of(change.remove());
  });
  all.push_back(removed);
  for (std::uint64_t seed = 1; seed <= 3; ++seed) all.push_back(random_workload(seed));
  return kind;
}

}  // namespace crash
