#include "os/futex.hpp"
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>
#include "catch.hpp"
#include "os/clock.hpp"
#include "os/process.hpp"
#include "support/process.hpp"

using namespace shm::os;

TEST_CASE("a sleeper is woken by another process", "[futex]") {
  auto& word = test::shared<std::uint64_t>();
  const pid_t sleeper = ::fork();
  if (sleeper == 0) {
    while (__atomic_load_n(&word, __ATOMIC_ACQUIRE) == 0) {
      futex_wait(&word, 0, 60'000'000'000);
    }
    ::_exit(0);
  }
  __atomic_store_n(&word, 1, __ATOMIC_RELEASE);
  futex_wake(&word);
  int status = -1;
  ::waitpid(sleeper, &status, 0);
  CHECK(status == 0);
}

TEST_CASE("nobody sleeps on a word that has changed, or longer than allowed", "[futex]") {
  std::uint64_t word = 5;
  futex_wait(&word, 4, 60'000'000'000);
  const std::int64_t before = monotonic_ns();
  futex_wait(&word, 5, 3'000'000);
  CHECK(monotonic_ns() - before >= 2'000'000);
  futex_wake(&word);
}

TEST_CASE("all sleepers are woken at once", "[futex]") {
  auto& word = test::shared<std::uint64_t>();
  pid_t sleepers[3];
  for (auto& sleeper : sleepers) {
    sleeper = ::fork();
    if (sleeper == 0) {
      const std::int64_t from = monotonic_ns();
      while (__atomic_load_n(&word, __ATOMIC_ACQUIRE) == 0) {
        futex_wait(&word, 0, 60'000'000'000);
      }
      ::_exit(monotonic_ns() - from < 30'000'000'000 ? 0 : 1);
    }
  }
  for (const pid_t sleeper : sleepers) {
    while (process_state(sleeper)->state != 'S') {
      ::sched_yield();
    }
  }
  __atomic_store_n(&word, 1, __ATOMIC_RELEASE);
  futex_wake_all(&word);
  for (const pid_t sleeper : sleepers) {
    int status = -1;
    ::waitpid(sleeper, &status, 0);
    CHECK(status == 0);
  }
}
