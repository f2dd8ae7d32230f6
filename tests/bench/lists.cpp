// Times lists as one running process has them, with so many items in them:
//   lists labels
//   lists append|get|middle ITEMS ROUNDS DIRECTORY 3>TIMES
// append: an item added at the end, and popped again; get: an item read by an index drawn anew; middle: an item
// inserted behind a third of them, and popped there. Items of up to 7 bytes, and of 24. DIRECTORY is where the objects
// of the run are.
#include <boost/interprocess/containers/deque.hpp>
#include <boost/interprocess/managed_mapped_file.hpp>
#include <boost/interprocess/sync/interprocess_mutex.hpp>
#include <boost/interprocess/sync/scoped_lock.hpp>
#include <memory>
#include "object/list.hpp"
#include "turns.hpp"

namespace bip = boost::interprocess;
using shm::object::End;
using shm::object::List;

namespace {
std::string which;
std::uint64_t items = 0;
std::string directory;

// One list, as the process has it.
struct Ways {
  std::function<void()> append_and_pop;
  std::function<void(std::uint64_t index)> get;
  std::function<void(std::uint64_t index)> insert_and_erase;
};

Ways shmctl_list(const char* name, const std::string& word) {
  static const auto store = sure(shm::store::Store::open(directory + "/lists", geteuid(), shm::store::Missing::create));
  (void)shm::store::remove_object(store, name);
  sure(List::create(store, name, {}, {}));
  const auto list = std::make_shared<List>(sure(List::open(store, name, shm::os::Access::write)));
  const auto item = std::make_shared<std::string>(word);
  const List::Bytes bytes = std::as_bytes(std::span(*item));
  sure(list->add(End::back, std::vector<List::Bytes>(items, bytes), 0));
  return {[list, item, bytes] {
            sure(list->add(End::back, std::span(&bytes, 1), 0));
            sure(list->pop(End::back, 1, 0));
          },
          [list](std::uint64_t index) {
            shm::object::ListPart part;
            part.one = true;
            part.index = static_cast<std::int64_t>(index);
            sure(list->get(std::span(&part, 1), true));
          },
          [list, item, bytes](std::uint64_t index) {
            sure(list->insert(static_cast<std::int64_t>(index), std::span(&bytes, 1), 0));
            sure(list->pop(static_cast<std::int64_t>(index), 0));
          }};
}

// Words of 8 bytes in a deque, with a lock that is lost with a killed process.
Ways boost_deque() {
  using Memory = bip::managed_mapped_file;
  using Deque = bip::deque<std::uint64_t, bip::allocator<std::uint64_t, Memory::segment_manager>>;
  struct Shared {
    explicit Shared(Memory::segment_manager* manager) : deque(manager) {}
    bip::interprocess_mutex mutex;
    Deque deque;
  };
  const std::string path = directory + "/lists.boost";
  bip::file_mapping::remove(path.c_str());
  const auto memory = std::make_shared<Memory>(bip::create_only, path.c_str(), 1'000'000 + items * 24);
  auto* shared = memory->construct<Shared>("list")(memory->get_segment_manager());
  shared->deque.assign(items, 7);
  using Locked = bip::scoped_lock<bip::interprocess_mutex>;
  return {[memory, shared] {
            {
              const Locked lock(shared->mutex);
              shared->deque.push_back(7);
            }
            const Locked lock(shared->mutex);
            shared->deque.pop_back();
          },
          [memory, shared](std::uint64_t index) {
            const Locked lock(shared->mutex);
            volatile std::uint64_t read = shared->deque[index];
            (void)read;
          },
          [memory, shared](std::uint64_t index) {
            const auto at = static_cast<std::ptrdiff_t>(index);
            {
              const Locked lock(shared->mutex);
              shared->deque.insert(shared->deque.begin() + at, 7);
            }
            const Locked lock(shared->mutex);
            shared->deque.erase(shared->deque.begin() + at);
          }};
}

std::vector<Candidate> candidates() {
  const struct {
    const char* label;
    std::function<Ways()> make;
  } rows[] = {
      {"Boost deque and mutex, lost with its processes", boost_deque},
      {"shmctl list", [] { return shmctl_list("short", "item"); }},
      {"shmctl list, items of 24 bytes", [] { return shmctl_list("long", std::string(24, 'x')); }},
  };
  std::vector<Candidate> all;
  for (const auto& row : rows) {
    std::function<void(long)> turn;
    long calls = 20'000;
    if (!which.empty()) {
      const Ways ways = row.make();
      if (which == "append") {
        turn = [ways](long count) {
          for (; count > 0; --count) {
            ways.append_and_pop();
          }
        };
      } else if (which == "get") {
        turn = [ways, index = std::uint64_t{1}](long count) mutable {
          for (; count > 0; --count) {
            index = index * 6364136223846793005U + 1442695040888963407U;
            ways.get((index >> 33) % items);
          }
        };
      } else {
        calls = items > 100'000 ? 50 : 5'000;
        turn = [ways](long count) {
          for (; count > 0; --count) {
            ways.insert_and_erase(items / 3);
          }
        };
      }
    }
    all.push_back({row.label, "", calls, turn});
  }
  return all;
}
}  // namespace

int main(int argc, char** argv) {
  which = argc > 1 ? argv[1] : "";
  if (which == "labels") {
    which.clear();
    print_labels(candidates());
    return 0;
  }
  if (argc != 5 || (which != "append" && which != "get" && which != "middle")) {
    std::fputs("usage: lists labels | lists append|get|middle ITEMS ROUNDS DIRECTORY\n", stderr);
    return 2;
  }
  items = static_cast<std::uint64_t>(std::atoll(argv[2]));
  directory = argv[4];
  take_turns(std::atol(argv[3]), candidates());
  return 0;
}
