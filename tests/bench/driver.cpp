// Times programs without a shell between:
//   driver spawn  ROUNDS BURST FILE 3>TIMES         from the start of a program to its end
//   driver wakeup ROUNDS FILE STAMP BOARD 3>TIMES   from the holder's last act to the start of the waiter's command
// FILE has word lists, each word ended by a NUL and each list by another; for wakeup two lists a candidate, holder and
// waiter, to which their commands are added. For each call a line goes to descriptor 3: the candidate's number and the
// time in ns. The candidates take turns of BURST calls, in an order drawn anew each round; those with no words do not.
#include <spawn.h>
#include <sys/wait.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>
#include "board.hpp"

namespace {
using Words = std::vector<std::string>;

[[noreturn]] void fail(const char* what, const Words& words) {
  std::fprintf(stderr, "bench: %s:", what);
  for (const auto& word : words) {
    std::fprintf(stderr, " %s", word.c_str());
  }
  std::fprintf(stderr, "\n");
  std::exit(1);
}

std::vector<Words> read_lists(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  std::vector<Words> lists(1);
  for (std::size_t at = 0; at < all.size();) {
    const std::string word = all.c_str() + at;
    at += word.size() + 1;
    if (word.empty()) {
      lists.emplace_back();
    } else {
      lists.back().push_back(word);
    }
  }
  lists.pop_back();
  return lists;
}

/// posix_spawn does not copy the caller's page tables, as fork does.
pid_t start(const Words& words) {
  std::vector<char*> argv;
  for (const auto& word : words) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  pid_t pid = -1;
  if (posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), environ) != 0) {
    fail("can't start", words);
  }
  return pid;
}

int end_of(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::int64_t time_spawn(const Words& words) {
  const std::uint64_t from = now();
  end_of(start(words));
  return static_cast<std::int64_t>(now() - from);
}

char state_of(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(stat), {}};
  const auto name_end = text.rfind(')');
  return name_end == std::string::npos ? '?' : text[name_end + 2];
}

/// Until it has been seen asleep five times in a row, a millisecond apart; half a second at most.
void await_sleep(pid_t pid) {
  for (int seen = 0, tries = 0; seen < 5 && tries < 500; ++tries) {
    seen = state_of(pid) == 'S' ? seen + 1 : 0;
    usleep(1000);
  }
}

std::int64_t time_wakeup(Words holder, Words waiter, const char* stamp, const char* path, Board& board) {
  holder.insert(holder.end(), {stamp, "hold", path});
  waiter.insert(waiter.end(), {stamp, "start", path});
  board.holder_runs = board.release = board.waiter_ran = 0;
  const pid_t holding = start(holder);
  if (!await_flag(board.holder_runs, 10)) {
    fail("no lock was got", holder);
  }
  const pid_t waiting = start(waiter);
  await_sleep(waiting);
  if (board.waiter_ran.load() != 0) {
    fail("the lock did not hold", waiter);
  }
  raise_flag(board.release);
  if (!await_flag(board.waiter_ran, 70) || end_of(holding) != 0 || end_of(waiting) != 0) {
    fail("the lock was not handed on", waiter);
  }
  return static_cast<std::int64_t>(board.started.load() - board.released.load());
}

template <class Time>
void take_turns(long rounds, long burst, std::size_t count, Time time) {
  std::vector<std::size_t> order(count);
  std::generate(order.begin(), order.end(), [i = std::size_t{0}]() mutable { return i++; });
  std::mt19937 random(1);
  FILE* out = fdopen(3, "w");
  if (out == nullptr) {
    fail("descriptor 3 is not open", {});
  }
  fcntl(3, F_SETFD, FD_CLOEXEC);
  for (long round = 0; round < rounds; ++round) {
    std::shuffle(order.begin(), order.end(), random);
    for (const auto k : order) {
      for (long call = 0; call < burst; ++call) {
        if (const std::int64_t ns = time(k); ns >= 0) {
          std::fprintf(out, "%zu %lld\n", k, static_cast<long long>(ns));
        }
      }
    }
  }
  std::fclose(out);
}
}  // namespace

int main(int argc, char** argv) {
  const std::string way = argc > 3 ? argv[1] : "";
  if (way == "spawn" && argc == 5) {
    const auto lists = read_lists(argv[4]);
    take_turns(std::atol(argv[2]), std::atol(argv[3]), lists.size(),
               [&](std::size_t k) { return lists[k].empty() ? -1 : time_spawn(lists[k]); });
    return 0;
  }
  if (way == "wakeup" && argc == 6) {
    const auto lists = read_lists(argv[3]);
    const char* path = argv[5];
    if (FILE* file = std::fopen(path, "w"); file == nullptr || ftruncate(fileno(file), sizeof(Board)) != 0) {
      fail("can't make the board", {});
    }
    Board* board = open_board(path);
    if (board == nullptr) {
      fail("can't map the board", {});
    }
    take_turns(std::atol(argv[2]), 1, lists.size() / 2,
               [&](std::size_t k) { return time_wakeup(lists[2 * k], lists[2 * k + 1], argv[4], path, *board); });
    return 0;
  }
  std::fputs("usage: driver spawn ROUNDS BURST FILE | driver wakeup ROUNDS FILE STAMP BOARD\n", stderr);
  return 2;
}
