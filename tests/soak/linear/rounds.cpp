#include "soak/linear/rounds.hpp"
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <ctime>
#include "os/clock.hpp"
#include "os/futex.hpp"

namespace soak::linear {

namespace {
using shm::os::monotonic_ns;

constexpr std::size_t processes = 3;
constexpr std::size_t per_round = 24;
static_assert(processes * per_round + 2 <= most_operations);
constexpr std::int64_t meeting_ns = 300'000;  // how long the first waits for the last to come
constexpr std::int64_t patience_ns =
    90'000'000'000;  // a round that takes longer hangs; machines stall for half as long

std::uint64_t load(const std::uint64_t& word) { return __atomic_load_n(&word, __ATOMIC_ACQUIRE); }
void store_word(std::uint64_t& word, std::uint64_t value) { __atomic_store_n(&word, value, __ATOMIC_RELEASE); }

// What the processes share.
struct Slot {
  std::uint64_t finished = 0;  // the last round that it has done
  std::uint64_t took_ns = 0;   // for that one
  std::uint64_t steps = 0;     // of this round: twice the operations done, and 1 more while it does one
  Operation log[per_round];
};
struct Board {
  std::uint64_t round = 0;
  std::uint64_t arrived = 0;
  std::uint64_t victim = processes;   // who is to be killed in this round by a timer of its own,
  std::uint64_t victim_after_ns = 0;  // and when
  Slot slots[processes];
};

class Rounds {
 public:
  Rounds(const Kind& kind, const shm::store::Store& store, std::string_view name, std::uint64_t seed)
      : kind_(kind), store_(store), name_(name), seed_(seed), random_(seed) {
    void* memory = ::mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    board_ = memory == MAP_FAILED ? nullptr : new (memory) Board;
  }
  Rounds(const Rounds&) = delete;
  Rounds& operator=(const Rounds&) = delete;
  ~Rounds() {
    for (const int pid : pids_) {
      if (pid > 0) {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
      }
    }
    if (board_ != nullptr) {
      ::munmap(board_, sizeof(Board));
    }
  }

  std::optional<Refused> run(std::int64_t until_ns, Figures& figures) {
    if (board_ == nullptr || !kind_.create(store_, name_) || (object_ = kind_.open(store_, name_)) == nullptr) {
      return Refused{"the object can't be made", {}, {}, {}, {}};
    }
    for (std::size_t i = 0; i < processes; ++i) {
      start(i);
    }
    State state = object_->observe(pids_);
    while (monotonic_ns() < until_ns) {
      std::vector<Operation> history;
      const char* problem = play(history, figures);
      if (problem != nullptr) {
        return Refused{problem, state, history, {}, {}};
      }
      const State end = object_->observe(pids_);
      std::vector<Operation> explained;
      const Verdict verdict = check(kind_.step, state, history, end, &explained);
      if (verdict != Verdict::linearizable) {
        return Refused{verdict == Verdict::refused ? "no order explains it" : "too much to look through", state,
                       history, end, explained};
      }
      state = end;
      if (killed_) {
        start(*killed_);
      }
    }
    return std::nullopt;
  }

 private:
  void start(std::size_t index) {
    board_->slots[index].finished = board_->round;
    pids_[index] = ::fork();
    if (pids_[index] == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      work(index, board_->slots[index].finished + 1);
    }
  }

  [[noreturn]] void work(std::size_t index, std::uint64_t round) {
    const auto object = kind_.open(store_, name_);
    if (object == nullptr) {
      ::_exit(1);
    }
    Slot& slot = board_->slots[index];
    for (;; ++round) {
      while (load(board_->round) < round) {
        shm::os::futex_wait(&board_->round, round - 1, meeting_ns);
      }
      Random random(seed_ ^ (round * processes + index) * 0x9e3779b97f4a7c15U);
      __atomic_add_fetch(&board_->arrived, 1, __ATOMIC_ACQ_REL);
      for (const std::int64_t late = monotonic_ns() + meeting_ns;
           load(board_->arrived) < processes && monotonic_ns() < late;) {
        ::sched_yield();
      }
      const bool dies = board_->victim == index;
      if (dies) {
        kill_in(board_->victim_after_ns);
      }
      const std::int64_t began = monotonic_ns();
      for (std::size_t i = 0; i < per_round; ++i) {
        Operation& operation = slot.log[i];
        operation = Operation();
        operation.process = index;
        kind_.draw(random, (round * processes + index) * per_round + i, operation);
        operation.called_ns = monotonic_ns();
        store_word(slot.steps, 2 * i + 1);
        object->perform(operation);
        operation.returned_ns = monotonic_ns();
        store_word(slot.steps, 2 * i + 2);
        if (random() % 8 == 0) {
          ::sched_yield();
        }
      }
      while (dies) {
        ::pause();
      }
      store_word(slot.took_ns, static_cast<std::uint64_t>(monotonic_ns() - began));
      store_word(slot.finished, round);
      shm::os::futex_wake_all(&slot.finished);
    }
  }

  // A timer strikes while it runs; another process could seldom do more than between two turns.
  static void kill_in(std::uint64_t ns) {
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGKILL;
    timer_t timer{};
    itimerspec time{};
    time.it_value.tv_nsec = static_cast<long>(ns % 1'000'000'000) + 1;
    if (::timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 || ::timer_settime(timer, 0, &time, nullptr) != 0) {
      ::_exit(1);
    }
  }

  // Plays a round; what is wrong with it, if it can't be checked.
  const char* play(std::vector<Operation>& history, Figures& figures) {
    for (auto& slot : board_->slots) {
      slot.steps = 0;
    }
    board_->arrived = 0;
    killed_.reset();
    board_->victim = processes;
    if (random_() % 2 == 0) {
      killed_ = random_() % processes;
    }
    const bool by_itself = random_() % 8 != 0;
    if (killed_ && by_itself) {
      board_->victim = *killed_;
      board_->victim_after_ns = random_() % (usual_ns_ + usual_ns_ / 4 + 1);
    }
    const std::uint64_t round = board_->round + 1;
    store_word(board_->round, round);
    shm::os::futex_wake_all(&board_->round);
    const std::int64_t late = monotonic_ns() + patience_ns;
    Operation end;
    if (killed_) {
      end = by_itself ? await_death(*killed_) : stop_and_kill(*killed_, late);
    }
    for (std::size_t i = 0; i < processes; ++i) {
      while (killed_ != i && load(board_->slots[i].finished) != round) {
        shm::os::futex_wait(&board_->slots[i].finished, round - 1, 5'000'000);
        if (::waitpid(pids_[i], nullptr, WNOHANG) == pids_[i]) {
          pids_[i] = 0;
          return "a process ended by itself";
        }
        if (monotonic_ns() > late) {
          collect(history, figures);
          return "a process hangs";
        }
      }
    }
    for (std::size_t i = 0; i < processes; ++i) {
      if (killed_ != i) {
        usual_ns_ = (15 * usual_ns_ + std::min(board_->slots[i].took_ns, 4 * usual_ns_)) / 16;
      }
    }
    collect(history, figures);
    if (killed_) {
      for (const Operation& operation : history) {  // nobody dies before he has done what he did
        if (operation.process == *killed_) {
          end.called_ns = std::max(end.called_ns, operation.pending ? operation.called_ns : operation.returned_ns);
        }
      }
      for (Operation& operation : history) {
        operation.returned_ns = operation.pending ? end.returned_ns : operation.returned_ns;
      }
      if (kind_.deaths) {
        Operation seen_end = end;
        seen_end.verb = noticed;
        for (const Operation& operation : history) {  // what was under way may end as if it lived
          if (operation.called_ns < seen_end.returned_ns) {
            end.returned_ns = std::max(end.returned_ns, operation.returned_ns);
          }
        }
        history.push_back(seen_end);
        history.push_back(end);
      }
    }
    ++figures.rounds;
    figures.kills += killed_ ? 1 : 0;
    return nullptr;
  }

  // When it died is known no better than this: after what it did, and before it was waited for.
  Operation await_death(std::size_t index) {
    Operation end;
    end.process = index;
    end.verb = death;
    ::waitpid(pids_[index], nullptr, 0);
    end.returned_ns = monotonic_ns();
    return end;
  }

  // Stops process `index` somewhere in its round, and kills it after a while.
  Operation stop_and_kill(std::size_t index, std::int64_t late) {
    const Slot& slot = board_->slots[index];
    const std::uint64_t enough = 1 + random_() % (2 * per_round - 1);
    while (load(slot.steps) < enough && monotonic_ns() < late) {
      ::sched_yield();
    }
    ::kill(pids_[index], SIGSTOP);
    shm::os::sleep_until(monotonic_ns() + static_cast<std::int64_t>(random_() % 2'000'000));
    ::kill(pids_[index], SIGKILL);
    return await_death(index);
  }

  void collect(std::vector<Operation>& history, Figures& figures) {
    for (const Slot& slot : board_->slots) {
      for (std::size_t i = 0; i < per_round && load(slot.steps) > 2 * i; ++i) {
        history.push_back(slot.log[i]);
        Operation& operation = history.back();
        operation.pending = slot.steps == 2 * i + 1;
        ++figures.operations;
        if (operation.pending) {
          ++figures.pending;
          operation.out = {};
        } else {
          auto& longest = killed_ ? figures.longest_kill_ns : figures.longest_ns;
          longest = std::max(longest, operation.returned_ns - operation.called_ns);
        }
      }
    }
  }

  const Kind& kind_;
  const shm::store::Store& store_;
  std::string_view name_;
  std::uint64_t seed_;
  Random random_;
  Board* board_ = nullptr;
  std::unique_ptr<Object> object_;
  int pids_[processes] = {};
  std::optional<std::size_t> killed_;
  std::uint64_t usual_ns_ = 20'000;  // that a process takes for a round
};
}  // namespace

std::optional<Refused> run_rounds(const Kind& kind, const shm::store::Store& store, std::string_view name,
                                  std::int64_t until_ns, std::uint64_t seed, Figures& figures) {
  return Rounds(kind, store, name, seed).run(until_ns, figures);
}

}  // namespace soak::linear
