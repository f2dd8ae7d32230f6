// Times locks by themselves:
//   locks alone|contended|attach labels
//   locks alone|contended|attach ROUNDS DIRECTORY 3>TIMES
// alone: lock and unlock by one process; contended: two processes at it, time for a pair of either; attach: until a
// process that knows a name has locked and unlocked once. DIRECTORY is where the objects and files of the run are.
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <boost/interprocess/sync/named_mutex.hpp>
#include <memory>
#include <optional>
#include "segment/lock.hpp"
#include "segment/region.hpp"
#include "turns.hpp"

namespace bip = boost::interprocess;
using shm::segment::Region;

namespace shm::segment {
struct Inspector {  // to time the lock without the checks of a transaction around it
  static const Memory& memory(const Region& region) { return region.memory_; }
  static const Session& session(const Region& region) { return region.session_; }
};
}  // namespace shm::segment

namespace {
using shm::segment::Inspector;

std::string directory;
std::optional<shm::store::Store> store;

struct Shared {
  std::atomic<int> plain;
  pthread_mutex_t robust;
  std::atomic<int> gate;
};
Shared* shared = nullptr;

void make_shared() {
  void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  shared = new (memory) Shared{};
  pthread_mutexattr_t robust;
  pthread_mutexattr_init(&robust);
  pthread_mutexattr_setpshared(&robust, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&shared->robust, &robust);
}

std::string boost_name() { return "shmctl-bench-" + std::to_string(getpid()); }

// One way to lock, as one process has it. A process that was forked makes its own.
struct Way {
  std::function<void()> lock;
  std::function<void()> unlock;
};

int file_of(const char* name) { return open((directory + "/" + name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); }

Region opened() { return sure(Region::open(*store, "thing", shm::os::Access::write)); }

Way session_lock() {
  const auto region = std::make_shared<Region>(opened());
  sure(sure(region->begin()).commit());  // begins the session
  return {[region] {
            sure(shm::segment::Lock::acquire(Inspector::memory(*region), Inspector::session(*region), -1, "thing"));
          },
          [region] { shm::segment::Lock::release(Inspector::memory(*region)); }};
}
Way transaction(std::size_t words) {
  const auto region = std::make_shared<Region>(opened());
  return {[region, words] {
            auto change = sure(region->begin());
            for (std::size_t i = 0; i < words; ++i) {
              change.add_root(i, 1);
            }
            sure(change.commit());
          },
          [] {}};
}
Way robust_mutex() {
  return {[] { pthread_mutex_lock(&shared->robust); }, [] { pthread_mutex_unlock(&shared->robust); }};
}
Way plain_atomic() {
  return {[] {
            for (int free = 0; !shared->plain.compare_exchange_weak(free, 1); free = 0) {
            }
          },
          [] { shared->plain.exchange(0); }};
}
Way byte_lock() {
  const int file = file_of("byte");
  const auto set = [file](short type) {
    struct flock lock{};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_len = 1;
    fcntl(file, F_OFD_SETLKW, &lock);
  };
  return {[set] { set(F_WRLCK); }, [set] { set(F_UNLCK); }};
}
Way file_lock() {
  const int file = file_of("flock");
  return {[file] { flock(file, LOCK_EX); }, [file] { flock(file, LOCK_UN); }};
}
Way boost_mutex(const std::string& name) {
  const auto mutex = std::make_shared<bip::named_mutex>(bip::open_or_create, name.c_str());
  return {[mutex] { mutex->lock(); }, [mutex] { mutex->unlock(); }};
}

void repeat(const Way& way, long calls) {
  for (long i = 0; i < calls; ++i) {
    way.lock();
    way.unlock();
  }
}

// A second process makes half of the calls.
void contend(const std::function<Way()>& make, long calls) {
  shared->gate = 0;
  const pid_t pid = fork();
  const Way way = make();
  shared->gate.fetch_add(1);
  while (shared->gate.load() < 2) {
  }
  repeat(way, calls / 2);
  if (pid == 0) {
    _exit(0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  if (status != 0) {
    std::fputs("bench: a process at the lock failed\n", stderr);
    std::_Exit(1);
  }
}

std::vector<Candidate> candidates(const std::string& which, bool labels_only) {
  struct Row {
    const char* label;
    const char* bound;
    long calls;
    std::function<Way()> make;
  };
  const std::string name = boost_name();
  const std::vector<Row> rows = {
      {"robust pthread mutex", "", 20'000, robust_mutex},
      {"session lock", which == "alone" ? "1.2" : "", 20'000, session_lock},
      {"transaction of no words", "", 20'000, [] { return transaction(0); }},
      {"transaction of two words", "", 20'000, [] { return transaction(2); }},
      {"atomic word, not safe from kills", "", 20'000, plain_atomic},
      {"Boost named_mutex, not safe from kills", "", 20'000, [name] { return boost_mutex(name); }},
      {"flock", "", 2'000, file_lock},
      {"lock of a byte (OFD)", "", 2'000, byte_lock},
  };
  std::vector<Candidate> all;
  for (const auto& [label, bound, calls, make] : rows) {
    std::function<void(long)> turn;
    if (!labels_only && which == "alone") {
      turn = [way = make()](long count) { repeat(way, count); };
    } else if (!labels_only && which == "contended") {
      turn = [make](long count) { contend(make, count); };
    } else if (!labels_only) {
      turn = [make](long count) {
        for (long i = 0; i < count; ++i) {
          repeat(make(), 1);
        }
      };
    }
    if (which == "attach" && (make.target<Way (*)()>() != nullptr && (*make.target<Way (*)()>() == robust_mutex ||
                                                                      *make.target<Way (*)()>() == plain_atomic))) {
      continue;  // they have no name
    }
    all.push_back({label, bound, which == "attach" ? 50 : calls, turn});
  }
  return all;
}
}  // namespace

int main(int argc, char** argv) {
  const std::string which = argc > 2 ? argv[1] : "";
  if (which == "alone" || which == "contended" || which == "attach") {
    if (argc == 3 && std::strcmp(argv[2], "labels") == 0) {
      print_labels(candidates(which, true));
      return 0;
    }
    if (argc == 4) {
      directory = argv[3];
      store = sure(shm::store::Store::open(directory + "/store", geteuid(), shm::store::Missing::create));
      shm::store::NewObject fresh;
      fresh.kind = 99;
      sure(Region::create(*store, "thing", fresh));
      make_shared();
      take_turns(std::atol(argv[2]), candidates(which, false));
      bip::named_mutex::remove(boost_name().c_str());
      return 0;
    }
  }
  std::fputs("usage: locks alone|contended|attach labels | ... ROUNDS DIRECTORY\n", stderr);
  return 2;
}
