// Times queues between running processes:
//   queues labels
//   queues alone|1x1|2x2|trip SIZE ROUNDS DIRECTORY 3>TIMES
// alone: one process pushes an item and pops it; 1x1, 2x2: as many producers and consumers at once, time for an item;
// trip: to another process and back, by two queues. Items of SIZE bytes; no queue has more than 64 of them. DIRECTORY
// is where the objects of the run are.
#include <fcntl.h>
#include <mqueue.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <boost/interprocess/ipc/message_queue.hpp>
#include <memory>
#include <optional>
#include "object/queue.hpp"
#include "turns.hpp"

namespace bip = boost::interprocess;
using shm::object::Queue;

namespace {
constexpr std::size_t most_items = 64;

std::size_t size = 0;
std::optional<shm::store::Store> store;
std::string own;  // part of the names of what is the whole machine's

struct Shared {
  std::atomic<unsigned> gate;
  alignas(64) Flag there;
  alignas(64) Flag back;
};
Shared* shared = nullptr;

// One end of a queue, as one process has it. A process that was forked makes its own.
struct End {
  std::function<void(const std::vector<char>&)> send;
  std::function<void(std::vector<char>&)> receive;
};
using Make = std::function<End(int number)>;  // of queue 0 or 1

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::_Exit(1);
}

End shmctl_queue(int number) {
  const std::string name = number == 0 ? "there" : "back";
  shm::object::QueueLimits limits;
  limits.max_items = most_items;
  (void)Queue::create(*store, name, limits, {});
  const auto queue = std::make_shared<Queue>(sure(Queue::open(*store, name, shm::os::Access::write)));
  return {[queue, ids = std::vector<std::uint64_t>()](const std::vector<char>& bytes) mutable {
            shm::object::NewItem item;
            item.bytes = std::as_bytes(std::span(bytes));
            sure(queue->push(std::span(&item, 1), -1, ids));
          },
          [queue](std::vector<char>& bytes) {
            const auto items = sure(queue->pop(shm::object::End::front, 1, -1));
            std::memcpy(bytes.data(), items[0].bytes.data(),
                        std::min<std::size_t>(bytes.size(), items[0].bytes.size()));
          }};
}

std::string boost_name(int number) { return own + (number == 0 ? "-there" : "-back"); }
End boost_queue(int number) {
  const auto queue =
      std::make_shared<bip::message_queue>(bip::open_or_create, boost_name(number).c_str(), most_items, size);
  return {[queue](const std::vector<char>& bytes) { queue->send(bytes.data(), bytes.size(), 0); },
          [queue](std::vector<char>& bytes) {
            bip::message_queue::size_type got = 0;
            unsigned priority = 0;
            queue->receive(bytes.data(), bytes.size(), got, priority);
          }};
}

// What the machine allows; 0 where it has no such queues.
long posix_limit(const char* what) {
  long limit = 0;
  if (FILE* file = std::fopen((std::string("/proc/sys/fs/mqueue/") + what).c_str(), "r"); file != nullptr) {
    (void)!std::fscanf(file, "%ld", &limit);
    std::fclose(file);
  }
  return limit;
}
End posix_queue(int number) {
  mq_attr attributes{};
  attributes.mq_maxmsg = std::min(static_cast<long>(most_items), posix_limit("msg_max"));
  attributes.mq_msgsize = static_cast<long>(size);
  const mqd_t queue = mq_open(("/" + boost_name(number)).c_str(), O_RDWR | O_CREAT, 0600, &attributes);
  if (queue < 0) {
    give_up("mq_open");
  }
  return {[queue](const std::vector<char>& bytes) { mq_send(queue, bytes.data(), bytes.size(), 0); },
          [queue](std::vector<char>& bytes) { (void)mq_receive(queue, bytes.data(), bytes.size(), nullptr); }};
}

int pipes[2][2];
End pipe_end(int number) {
  return {[number](const std::vector<char>& bytes) {
            if (write(pipes[number][1], bytes.data(), bytes.size()) < 0) {
              give_up("write");
            }
          },
          [number](std::vector<char>& bytes) {
            if (read(pipes[number][0], bytes.data(), bytes.size()) < 0) {
              give_up("read");
            }
          }};
}

// No queue: what a wake-up of another process takes at the least.
End futex_end(int number) {
  Flag& flag = number == 0 ? shared->there : shared->back;
  return {[&flag](const std::vector<char>&) { raise_flag(flag); },
          [&flag](std::vector<char>&) {
            await_flag(flag, 60);
            flag.store(0);
          }};
}

void alone(const End& end, long calls) {
  std::vector<char> bytes(size, 'x');
  for (long i = 0; i < calls; ++i) {
    end.send(bytes);
    end.receive(bytes);
  }
}

// Runs `act(number)` in `count` processes that begin together, and waits for them.
void crowd(unsigned count, const std::function<void(unsigned)>& act) {
  shared->gate = 0;
  for (unsigned i = 0; i < count; ++i) {
    const pid_t pid = fork();
    if (pid == 0) {
      act(i);
      _exit(0);
    }
  }
  for (unsigned i = 0; i < count; ++i) {
    int status = 0;
    if (wait(&status) < 0 || status != 0) {
      std::fputs("bench: a process at the queue failed\n", stderr);
      std::_Exit(1);
    }
  }
}
void pass_gate(unsigned count) {
  shared->gate.fetch_add(1);
  while (shared->gate.load() < count) {
    sched_yield();
  }
}

void stream(const Make& make, unsigned pairs, long calls) {
  crowd(2 * pairs, [&](unsigned number) {
    const End end = make(0);
    std::vector<char> bytes(size, 'x');
    pass_gate(2 * pairs);
    for (long i = 0; i < calls / pairs; ++i) {
      if (number % 2 == 0) {
        end.send(bytes);
      } else {
        end.receive(bytes);
      }
    }
  });
}

void trip(const Make& make, long calls) {
  crowd(2, [&](unsigned number) {
    const End there = make(0);
    const End back = make(1);
    std::vector<char> bytes(size, 'x');
    pass_gate(2);
    for (long i = 0; i < calls; ++i) {
      if (number == 0) {
        there.send(bytes);
        back.receive(bytes);
      } else {
        there.receive(bytes);
        back.send(bytes);
      }
    }
  });
}

std::vector<Candidate> candidates(const std::string& which) {
  struct Row {
    const char* label;
    const char* bound;
    bool can;
    Make make;
  };
  const bool small = size <= 4096;  // a pipe keeps no larger ones together
  const Row rows[] = {
      {"Boost message_queue", "", which != "", boost_queue},
      {"shmctl queue", "1", which != "", shmctl_queue},
      {"POSIX message queue", "", which != "" && static_cast<long>(size) <= posix_limit("msgsize_max"), posix_queue},
      {"pipe, lost with its processes", "", which != "" && small, pipe_end},
      {"futex, nothing is passed on", "", which == "trip", futex_end},
  };
  const long calls = (which == "trip" ? 2000 : 10'000) / (small ? 1 : 10);
  std::vector<Candidate> all;
  for (const auto& [label, bound, can, make] : rows) {
    std::function<void(long)> turn;
    if (can && which == "alone") {
      turn = [end = make(0)](long count) { alone(end, count); };
    } else if (can && which == "trip") {
      turn = [make](long count) { trip(make, count); };
    } else if (can) {
      turn = [make, pairs = which == "2x2" ? 2U : 1U](long count) { stream(make, pairs, count); };
    }
    all.push_back({label, bound, calls, turn});
  }
  return all;
}
}  // namespace

int main(int argc, char** argv) {
  const std::string which = argc > 1 ? argv[1] : "";
  if (which == "labels") {
    print_labels(candidates(""));
    return 0;
  }
  if (argc != 5 || (which != "alone" && which != "1x1" && which != "2x2" && which != "trip")) {
    std::fputs("usage: queues labels | queues alone|1x1|2x2|trip SIZE ROUNDS DIRECTORY\n", stderr);
    return 2;
  }
  size = static_cast<std::size_t>(std::atol(argv[2]));
  own = "shmctl-bench-" + std::to_string(getpid());
  store = sure(shm::store::Store::open(std::string(argv[4]) + "/queues", geteuid(), shm::store::Missing::create));
  for (const char* name : {"there", "back"}) {
    (void)shm::store::remove_object(*store, name);
  }
  void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  shared = new (memory) Shared{};
  const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
  (void)setrlimit(RLIMIT_MSGQUEUE, &unlimited);
  if (pipe(pipes[0]) != 0 || pipe(pipes[1]) != 0) {
    give_up("pipe");
  }
  take_turns(std::atol(argv[3]), candidates(which));
  for (const int number : {0, 1}) {
    bip::message_queue::remove(boost_name(number).c_str());
    mq_unlink(("/" + boost_name(number)).c_str());
  }
  return 0;
}
