// Times single calls of shmctl in stores with few and with many objects:
//   scale make DIRECTORY COUNT                              a store of COUNT counters, made without a program for each
//   scale time PROGRAM CALLS LISTINGS (DIRECTORY COUNT)...  what a call costs in each of these stores
// `time` prints a line a call: the operation, the number of the store, the time in ns and the largest resident set in
// bytes. A listing's time is in ps, and for each object of the store. The stores take turns, so that a machine that
// gets busy slows all of them. DIRECTORY is a path from the root.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>
#include "object/counter.hpp"
#include "turns.hpp"

namespace {
std::string counter_name(std::uint64_t number) {
  char name[32];
  std::snprintf(&name[0], sizeof name, "counter-%08llu", static_cast<unsigned long long>(number));
  return &name[0];
}

void make(const char* directory, std::uint64_t count) {
  const auto store = sure(shm::store::Store::open(directory, geteuid(), shm::store::Missing::create));
  // A name says nothing about when its object was made, as in a store that has been used for long.
  std::vector<std::uint64_t> numbers(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    numbers[i] = i;
  }
  std::shuffle(numbers.begin(), numbers.end(), std::mt19937_64(1));
  for (const auto number : numbers) {
    sure(shm::object::Counter::create(store, counter_name(number), {}, static_cast<std::int64_t>(number), {}));
  }
}

struct Place {
  std::string directory;
  std::uint64_t count;
};

using Words = std::vector<std::string>;

/// Runs it with its output to /dev/null and writes a line of what it took; it must succeed. The time is multiplied by
/// `times` and divided by `share`.
void run(const char* operation, std::size_t place, Words words, std::uint64_t times, std::uint64_t share) {
  std::vector<char*> argv;
  for (const auto& word : words) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  const std::uint64_t from = now();
  int status = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  rusage usage{};
  if (status == 0) {
    wait4(pid, &status, 0, &usage);
  }
  const std::uint64_t took = now() - from;
  posix_spawn_file_actions_destroy(&actions);
  if (status != 0) {
    std::fprintf(stderr, "bench: %s in %s ended with %d\n", operation, words[2].c_str(), status);
    std::_Exit(1);
  }
  std::printf("%s %zu %llu %llu\n", operation, place, static_cast<unsigned long long>(took * times / share),
              static_cast<unsigned long long>(usage.ru_maxrss) * 1024);
}

Words in_place(const char* program, const Place& place, const Words& words) {
  Words all = {program, "--store", place.directory};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

void time_calls(const char* program, long calls, const std::vector<Place>& places) {
  std::mt19937_64 random(1);
  for (long i = 0; i < calls; ++i) {
    const std::string fresh = "fresh-" + std::to_string(i);
    for (std::size_t k = 0; k < places.size(); ++k) {
      const Place& place = places[k];
      const std::string known = counter_name(random() % place.count);
      run("create", k, in_place(program, place, {"counter", "create", fresh}), 1, 1);
      run("incr", k, in_place(program, place, {"counter", "incr", known}), 1, 1);
      run("rm", k, in_place(program, place, {"rm", fresh}), 1, 1);
    }
  }
}

void time_listings(const char* program, long listings, const std::vector<Place>& places) {
  const struct {
    const char* operation;
    Words words;
  } ways[] = {
      {"ls", {"ls"}}, {"json", {"ls", "--json"}}, {"names", {"ls", "--names"}}, {"glob", {"ls", "counter-*0123"}}};
  constexpr std::uint64_t ps = 1000;  // in a ns
  for (long i = 0; i < listings; ++i) {
    for (const auto& way : ways) {
      for (std::size_t k = 0; k < places.size(); ++k) {
        // A short one is of a time that a turn of another process would double.
        for (std::uint64_t listed = 0; listed < 10'000; listed += places[k].count) {
          run(way.operation, k, in_place(program, places[k], way.words), ps, places[k].count);
        }
      }
    }
  }
}
}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  if (verb == "make" && argc == 4) {
    make(argv[2], std::strtoull(argv[3], nullptr, 10));
    return 0;
  }
  if (verb != "time" || argc < 7 || argc % 2 == 0) {
    std::fputs("usage: scale make DIRECTORY COUNT | scale time PROGRAM CALLS LISTINGS (DIRECTORY COUNT)...\n", stderr);
    return 2;
  }
  std::vector<Place> places;
  for (int i = 5; i < argc; i += 2) {
    places.push_back({argv[i], std::strtoull(argv[i + 1], nullptr, 10)});
  }
  time_calls(argv[2], std::atol(argv[3]), places);
  time_listings(argv[2], std::atol(argv[4]), places);
  return 0;
}
