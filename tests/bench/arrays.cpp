// Times elements of arrays:
//   arrays read|change|contended|many labels
//   arrays read|change|contended|many ROUNDS DIRECTORY 3>TIMES
// read: an element at a place of chance, of a small array and a large one; change: one is added to in the same way;
// contended: two processes add to one element, time for an addition of either; many: 1,000 elements in one piece.
// DIRECTORY is where the objects of the run are.
#include <sys/wait.h>
#include <unistd.h>
#include <boost/interprocess/containers/vector.hpp>
#include <boost/interprocess/managed_shared_memory.hpp>
#include <boost/interprocess/sync/interprocess_mutex.hpp>
#include <boost/interprocess/sync/scoped_lock.hpp>
#include <memory>
#include <optional>
#include "object/array.hpp"
#include "turns.hpp"

namespace bip = boost::interprocess;
using shm::object::Array;
using shm::object::Bits;
using Operation = Array::Operation;

namespace {
constexpr std::uint64_t small = 4096 / 8;
constexpr std::uint64_t large = std::uint64_t{64} << 17U;  // 64 MiB
constexpr std::uint64_t many = 1'000;

std::string directory;
std::optional<shm::store::Store> store;

/// Places of chance, the same for all: xorshift.
class Places {
 public:
  explicit Places(std::uint64_t length) : length_(length) {}
  std::uint64_t next() {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return state_ % length_;
  }

 private:
  std::uint64_t length_;
  std::uint64_t state_ = 88172645463325252U;
};

/// One way to have an array of 64-bit numbers.
struct Way {
  std::function<std::uint64_t(std::uint64_t)> get;
  std::function<void(std::uint64_t)> add;
  std::function<void()> read_many;
  std::function<void()> change_many;
};

Way shmctl_array(std::uint64_t length) {
  const std::string name = "a" + std::to_string(length);
  (void)Array::create(*store, name, shm::object::Element::int64, length, {});
  const auto array = std::make_shared<Array>(sure(Array::open(*store, name, shm::os::Access::write)));
  return {[array](std::uint64_t place) { return sure(array->get(place)); },
          [array](std::uint64_t place) {
            const Array::Step step{place, {1, false}};
            Bits result = 0;
            sure(array->change(Operation::add, std::span(&step, 1), std::span(&result, 1)));
          },
          [array] {
            shm::os::Buffer into;
            const Array::Range range{0, many};
            sure(array->get(std::span(&range, 1), into));
          },
          [array, number = Bits{0}]() mutable {
            ++number;
            sure(array->set({0, many}, std::span(&number, 1)));
          }};
}

/// A vector in a managed segment, with one mutex beside it, as its manual shows.
Way boost_vector(std::uint64_t length) {
  using Allocator = bip::allocator<std::uint64_t, bip::managed_shared_memory::segment_manager>;
  using Vector = bip::vector<std::uint64_t, Allocator>;
  const std::string name = "shmctl-bench-" + std::to_string(getpid()) + "-" + std::to_string(length);
  bip::shared_memory_object::remove(name.c_str());
  const auto segment = std::make_shared<bip::managed_shared_memory>(bip::create_only, name.c_str(), length * 8 + 65536);
  bip::shared_memory_object::remove(name.c_str());  // stays mapped
  auto* vector = segment->construct<Vector>("vector")(length, 0, segment->get_segment_manager());
  auto* mutex = segment->construct<bip::interprocess_mutex>("mutex")();
  using Guard = bip::scoped_lock<bip::interprocess_mutex>;
  return {[=](std::uint64_t place) {
            (void)segment;
            const Guard guard(*mutex);
            return (*vector)[place];
          },
          [=](std::uint64_t place) {
            (void)segment;  // keeps it mapped, as in all of these
            const Guard guard(*mutex);
            ++(*vector)[place];
          },
          [=] {
            (void)segment;
            const Guard guard(*mutex);
            const std::vector<std::uint64_t> copy(vector->begin(), vector->begin() + many);
            asm volatile("" : : "r"(copy.data()) : "memory");
          },
          [=, number = std::uint64_t{0}]() mutable {
            (void)segment;
            ++number;
            const Guard guard(*mutex);
            std::fill(vector->begin(), vector->begin() + many, number);
          }};
}

std::function<void(long)> turn_of(const std::string& which, const Way& way, std::uint64_t length) {
  const auto places = std::make_shared<Places>(length);
  if (which == "read") {
    return [=](long calls) {
      std::uint64_t sum = 0;
      for (long i = 0; i < calls; ++i) {
        sum += way.get(places->next());
      }
      asm volatile("" : : "r"(sum));
    };
  }
  if (which == "change") {
    return [=](long calls) {
      for (long i = 0; i < calls; ++i) {
        way.add(places->next());
      }
    };
  }
  return [=](long calls) {  // contended
    const pid_t pid = fork();
    for (long i = 0; i < calls / 2; ++i) {
      way.add(0);
    }
    if (pid == 0) {
      _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
  };
}

std::vector<Candidate> candidates(const std::string& which, bool labels_only) {
  struct Row {
    const char* label;
    std::uint64_t length;
    Way (*make)(std::uint64_t);
  };
  constexpr Row sizes[] = {
      {"Boost vector and its mutex, 4 KiB, not safe from kills", small, boost_vector},
      {"Boost vector and its mutex, 64 MiB, not safe from kills", large, boost_vector},
      {"array, 4 KiB", small, shmctl_array},
      {"array, 64 MiB", large, shmctl_array},
  };
  std::vector<Candidate> all;
  if (which == "many") {
    const auto add = [&](const char* label, Way (*make)(std::uint64_t), std::function<void()> Way::* act) {
      const auto way = labels_only ? Way() : make(4 * many);
      all.push_back({label, "", 500, [run = way.*act](long calls) {
                       for (long i = 0; i < calls; ++i) {
                         run();
                       }
                     }});
    };
    add("Boost vector and its mutex, read, not safe from kills", boost_vector, &Way::read_many);
    add("Boost vector and its mutex, set, not safe from kills", boost_vector, &Way::change_many);
    add("array, read", shmctl_array, &Way::read_many);
    add("array, set", shmctl_array, &Way::change_many);
    return all;
  }
  for (const auto& [label, length, make] : sizes) {
    if (which == "contended" && length != small) {
      continue;
    }
    all.push_back(
        {label, "", 100'000, labels_only ? std::function<void(long)>() : turn_of(which, make(length), length)});
  }
  return all;
}
}  // namespace

int main(int argc, char** argv) {
  const std::string which = argc > 2 ? argv[1] : "";
  if (which == "read" || which == "change" || which == "contended" || which == "many") {
    if (argc == 3 && std::strcmp(argv[2], "labels") == 0) {
      print_labels(candidates(which, true));
      return 0;
    }
    if (argc == 4) {
      directory = argv[3];
      store = sure(shm::store::Store::open(directory + "/store", geteuid(), shm::store::Missing::create));
      take_turns(std::atol(argv[2]), candidates(which, false));
      return 0;
    }
  }
  std::fputs("usage: arrays read|change|contended|many labels | ... ROUNDS DIRECTORY\n", stderr);
  return 2;
}
