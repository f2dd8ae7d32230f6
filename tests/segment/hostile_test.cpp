// Content that nobody wrote by these means: whatever is in the control block or the heap, each call returns an error or
// does something inside the object, and ends. The object lies in a file whose size stays as it is known here; where a
// word leads outside, the address sanitizer or a fault would tell.
#include <sys/wait.h>
#include <cstring>
#include <memory>
#include <random>
#include <vector>
#include "segment/hash_index.hpp"
#include "segment/owners.hpp"
#include "segment/size_class.hpp"

using namespace test;
using namespace shm::segment;
using shm::os::Buffer;
using shm::os::Result;

namespace {
constexpr std::uint64_t odd_values[] = {0,
                                        1,
                                        7,
                                        8,
                                        16,
                                        sizeof(Control),
                                        sizeof(Control) + 8,
                                        4096 - 128 - 16,
                                        4096 - 128,
                                        4096,
                                        std::uint64_t{1} << 24U,
                                        std::uint64_t{64} << 30U,
                                        (std::uint64_t{64} << 30U) - 128,
                                        std::uint64_t{1} << 40U,
                                        (std::uint64_t{1} << 40U) * 3,
                                        (std::uint64_t{1} << 40U) * 100,
                                        ~std::uint64_t{0} << 40U,
                                        std::uint64_t{1} << 62U,
                                        std::uint64_t{1} << 63U,
                                        (std::uint64_t{1} << 63U) - 1,
                                        ~std::uint64_t{0} - 15,
                                        ~std::uint64_t{0} - 127,
                                        ~std::uint64_t{0} - 7,
                                        ~std::uint64_t{0}};

constexpr HashIndex index_of_things(3);

// An object with used and free blocks, a chain at root word 0, an index, a log of two parts; then it is damaged, and
// put back for the next time.
class Victim {
 public:
  Victim() {
    Region region = object.open();
    auto change = must(region.begin());
    Ref next;
    for (int i = 0; i < 30; ++i) {
      const auto fresh = change.allocate(static_cast<std::uint64_t>(16 + i % 7 * 30));
      fresh.put(0, next.offset);
      fresh.put(1, 0);
      next = fresh.ref();
      const auto entry = change.allocate(8);
      entry.put(0, static_cast<std::uint64_t>(i));
      index_of_things.insert(change, static_cast<std::uint64_t>(i) * 77, entry.ref());
    }
    change.set_root(0, next);
    for (std::uint64_t i = 0; i < 100; ++i) {
      change.set_root(4, i);
    }
    must(change.commit());
    for (int i = 0; i < 10; ++i) {
      auto freeing = must(region.begin());
      const Ref first = freeing.ref_root(0);
      freeing.set_root(0, freeing.ref(first));
      freeing.free(first);
      must(freeing.commit());
    }
    region_ = object.open();
    const auto* words = reinterpret_cast<const std::uint64_t*>(&Inspector::control(region_));
    words_.assign(words, words + size() / 8);
  }
  [[nodiscard]] std::uint64_t size() const { return region_.file_size() - 128; }
  std::uint64_t* words() { return reinterpret_cast<std::uint64_t*>(&control()); }
  Control& control() { return Inspector::control(region_); }
  [[nodiscard]] std::uint64_t capacity() const { return words_[offsetof(Control, capacity) / 8]; }
  void restore() { std::memcpy(words(), words_.data(), words_.size() * 8); }

  // Everything that can be done with it, by somebody who has it open and by somebody who opens it.
  void use() {
    use_by(region_);
    if (auto region = Region::open(*object.store, "thing", Access::write)) {
      use_by(*region);
    }
    if (auto region = Region::open(*object.store, "thing", Access::read)) {
      read(*region);
    }
  }

  Object object;

 private:
  static void read(const Region& region) {
    (void)region.read([](const Reader& reader) -> Result<std::uint64_t> {
      std::uint64_t sum = index_of_things.size(reader);
      Walk walk(reader);
      for (Ref each = reader.ref_root(0); each && walk.step(); each = reader.ref(each)) {
        sum += reader.get(each + 1);
        Buffer bytes;
        sum += reader.copy(each, 40, bytes) ? bytes.size() : 0;
      }
      for (std::uint64_t i = 0; i < 30; ++i) {
        sum += index_of_things.find(reader, i * 77, [&](Ref entry) { return reader.get(entry) == i; }).offset;
        index_of_things.visit(reader, i, [&](Ref entry, bool) { sum += entry.offset; });
      }
      return sum;
    });
  }
  static void use_by(Region& region) {
    region.set_patience(0);
    read(region);
    if (auto change = region.begin()) {
      for (const std::uint64_t size : {8U, 24U, 60U, 100U, 200U, 5000U}) {
        const auto fresh = change->allocate(size);
        fresh.put(0, 1);
        change->set_root(5, fresh.ref());
      }
    }
    if (auto change = region.begin()) {
      const Ref first = change->ref_root(0);
      change->set_root(0, change->ref(first));
      (void)change->spare(first, 8).size();
      change->free(first);
      const auto fresh = change->allocate(8);
      fresh.put(0, 1000);
      index_of_things.insert(*change, 77, fresh.ref());
      if (const Ref found = index_of_things.find(*change, 77, [](Ref) { return true; })) {
        index_of_things.replace(*change, 77, found, found, true);
        index_of_things.erase(*change, 77, found);
      }
      for (std::uint64_t i = 0; i < 300; ++i) {
        change->set_root(4, i);
      }
      (void)change->commit();
    }
    if (auto change = region.begin()) {
      index_of_things.clear(*change);
      (void)change->commit();
    }
    read(region);
  }

  Region region_;
  std::vector<std::uint64_t> words_;
};

// In a child: a fault is then a failure that names what led to it.
template <class Damage>
void survives(std::uint64_t variants, Damage damage) {
  auto& variant = shared<std::uint64_t>();
  const auto outcome = in_child([&] {
    ::alarm(240);
    auto victim = std::make_unique<Victim>();
    for (; variant < variants; ++variant) {
      damage(*victim, variant);
      victim->use();
      victim->restore();
      if (!exists(victim->object.store / "thing")) {  // it was marked as removed
        victim = std::make_unique<Victim>();
      }
    }
    return 0;
  });
  INFO("variant " << variant);
  succeeds(outcome);
}
}  // namespace

TEST_CASE("any one word of the control block may be anything", "[hostile]") {
  constexpr std::uint64_t each = std::size(odd_values);
  survives(sizeof(Control) / 8 * each,
           [](Victim& victim, std::uint64_t variant) { victim.words()[variant / each] = odd_values[variant % each]; });
}

TEST_CASE("any one word of the heap may be anything", "[hostile]") {
  constexpr std::uint64_t each = std::size(odd_values);
  survives((sanitized ? 100 : 600) * each, [](Victim& victim, std::uint64_t variant) {
    victim.words()[sizeof(Control) / 8 + variant / each] = odd_values[variant % each];
  });
}

TEST_CASE("a log may say anything", "[hostile]") {
  std::mt19937_64 random(1);
  survives(sanitized ? 500 : 3000, [&](Victim& victim, std::uint64_t variant) {
    auto& control = victim.control();
    const std::uint64_t counts[] = {1, 2, 63, 64, 65, 150, 192, 1000, most_entries};
    control.head = head_of(random(), counts[variant % std::size(counts)]);
    for (auto& entry : control.undo) {
      const std::uint64_t where =
          random() % 4 == 0 ? odd_values[random() % std::size(odd_values)] : random() % (victim.size() / 8 + 10) * 8;
      entry = {where, random() % 2 == 0 ? random() : odd_values[random() % std::size(odd_values)]};
    }
    if (variant % 3 == 0) {
      control.chunks[1 + random() % 3] = random() % victim.size() / 8 * 8;
    }
  });
}

TEST_CASE("free lists may go in circles, or into anything", "[hostile]") {
  std::mt19937_64 random(2);
  survives(3000, [&](Victim& victim, std::uint64_t) {
    auto& control = victim.control();
    std::vector<std::uint64_t> places;
    for (std::uint64_t at = heap_start; at < control.top;) {
      places.push_back(at);
      const std::size_t size_class = class_in(victim.words()[at / 8]);
      at += class_size(size_class);
    }
    for (int i = 0; i < 10; ++i) {
      const std::uint64_t to = places[random() % places.size()];
      const std::uint64_t from = places[random() % places.size()];
      const std::size_t size_class = random() % 3 == 0 ? random() % 256 : class_in(victim.words()[from / 8]);
      victim.words()[from / 8] = block_head(random() % 5 == 0 ? from : to, size_class);
      control.free_blocks[size_class % size_classes] = random() % 7 == 0 ? to + 8 : from;
    }
  });
}

TEST_CASE("the whole control block may be garbage, or a part of it", "[hostile]") {
  std::mt19937_64 random(3);
  survives(sanitized ? 2000 : 10'000, [&](Victim& victim, std::uint64_t variant) {
    const std::uint64_t from = variant % 3 == 0 ? 0 : random() % (sizeof(Control) / 8);
    const std::uint64_t to = variant % 3 == 0 ? sizeof(Control) / 8 : from + 1 + random() % 20;
    for (std::uint64_t i = from; i < std::min(to, sizeof(Control) / 8); ++i) {
      victim.words()[i] = random() % 3 == 0   ? random() % victim.size()
                          : random() % 3 == 0 ? random() % (victim.size() / 16) * 16
                                              : random();
    }
    if (variant % 2 == 0) {  // else few get further than the first check
      auto& control = victim.control();
      control.capacity = victim.capacity();
      control.lock = 0;
      control.removed = 0;
      control.sessions = random() % 1000 + 1000;
      control.head = head_of(random(), variant % 4 == 0 ? 0 : random() % 40);
    }
  });
}

TEST_CASE("content that is changed by others while it is used does no more harm", "[hostile]") {
  auto& stop = shared<int>();
  const auto outcome = in_child([&] {
    ::alarm(240);
    Victim victim;
    const pid_t vandal = forked([&] {
      std::mt19937_64 random(4);
      while (look(stop) == 0) {
        // Not the first words: the lock, the capacity and the mark of removal would end the game too soon.
        const std::uint64_t at = 10 + random() % (victim.size() / 8 - 10);
        __atomic_store_n(victim.words() + at,
                         random() % 2 == 0 ? odd_values[random() % std::size(odd_values)]
                                           : block_head(random() % victim.size() / 16 * 16, random() % 256),
                         __ATOMIC_RELAXED);
        if (random() % 8 == 0) {
          __atomic_fetch_add(&victim.control().head, head_of(1, random() % 3), __ATOMIC_RELAXED);
        }
      }
      return 0;
    });
    for (int i = 0; i < (sanitized ? 300 : 3000); ++i) {
      victim.use();
      victim.restore();
    }
    tell(stop, 1);
    CHILD_REQUIRE(status_of(vandal) == 0);
    return 0;
  });
  succeeds(outcome);
}

TEST_CASE("what is damaged is said to be, and by what to do", "[hostile]") {
  const Object object;
  const auto refused = [&](std::uint64_t Control::* word, std::uint64_t value) {
    Region region = object.open();
    auto& control = Inspector::control(region);
    const std::uint64_t before = control.*word;
    control.*word = value;
    control.undo[0].offset = 0;
    const auto change = region.begin();
    REQUIRE(code_of(change) == Code::corrupt);
    CHECK(std::string(change.error().object) == "thing");
    CHECK(std::string(change.error().advice).find("shmctl rm") != std::string::npos);
    control.*word = before;
    set_root(region, 0, 1);
  };
  refused(&Control::capacity, 0);
  refused(&Control::capacity, 8192 - 128);
  refused(&Control::capacity, 3967);
  refused(&Control::sessions, ~std::uint64_t{0});
  refused(&Control::sessions, (std::uint64_t{1} << 63U) - 1);
  refused(&Control::head, head_of(1, 1));
  refused(&Control::head, head_of(1, most_entries));
}

TEST_CASE("the log does not grow from an end of the heap that is none", "[hostile]") {
  const Object object;
  Region region = object.open();
  auto first = must(region.begin());
  const Ref block = first.allocate(100 * 8).ref();
  REQUIRE(first.commit());
  auto& control = Inspector::control(region);
  const auto* header = reinterpret_cast<const std::uint8_t*>(&control) - 128;
  const std::vector<std::uint8_t> before(header, header + 128);
  const std::uint64_t end = control.top;
  for (const std::uint64_t top :
       {~std::uint64_t{0}, ~std::uint64_t{0} - 127, std::uint64_t{16}, std::uint64_t{1} << 40U}) {
    auto change = must(region.begin());
    control.top = top;
    for (std::uint64_t i = 0; i < 100; ++i) {
      change.set(block + i, i);
    }
    CHECK(code_of(change.commit()) == Code::corrupt);
    CHECK(std::equal(before.begin(), before.end(), header));
    control.top = end;
  }
  set_root(region, 0, 1);
}
