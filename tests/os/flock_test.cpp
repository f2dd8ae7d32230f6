#include "os/flock.hpp"
#include <fcntl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstring>
#include "catch.hpp"
#include "os/clock.hpp"
#include "os/process.hpp"
#include "os/signals.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"

using namespace shm::os;
using test::code_of;

namespace {
constexpr std::int64_t ms = 1'000'000;

class LockFile {
 public:
  LockFile() { test::make_file(directory_ / "lock", ""); }
  [[nodiscard]] Fd open(int flags = O_RDONLY) const {
    return Fd(::open((directory_ / "lock").c_str(), flags | O_CLOEXEC));
  }

 private:
  test::Directory directory_;
};
}  // namespace

TEST_CASE("a flock excludes, or is shared", "[flock]") {
  const LockFile lock;
  const Fd one = lock.open();
  const Fd two = lock.open();
  const Fd three = lock.open();
  REQUIRE(try_flock(one, Sharing::exclusive).value());
  CHECK_FALSE(try_flock(two, Sharing::exclusive).value());
  CHECK_FALSE(try_flock(two, Sharing::shared).value());
  unlock_flock(one);
  REQUIRE(try_flock(two, Sharing::shared).value());
  REQUIRE(try_flock(three, Sharing::shared).value());
  CHECK_FALSE(try_flock(one, Sharing::exclusive).value());
  CHECK(code_of(try_flock(Fd(), Sharing::shared)) == Code::system);
}

TEST_CASE("an unlock frees it for whoever has inherited it; a death does not", "[flock]") {
  const LockFile lock;
  Fd one = lock.open();
  REQUIRE(try_flock(one, Sharing::exclusive).value());
  int hold[2];
  REQUIRE(::pipe(hold) == 0);
  const pid_t heir = ::fork();
  if (heir == 0) {
    ::close(hold[1]);
    char byte;
    (void)!::read(hold[0], &byte, 1);
    ::_exit(0);
  }
  ::close(hold[0]);
  const Fd two = lock.open();
  SECTION("unlocked") {
    unlock_flock(one);
    CHECK(try_flock(two, Sharing::exclusive).value());
  }
  SECTION("closed") {
    one.reset();
    CHECK_FALSE(try_flock(two, Sharing::exclusive).value());
  }
  ::close(hold[1]);
  ::waitpid(heir, nullptr, 0);
  CHECK(try_flock(two, Sharing::exclusive).value());
}

TEST_CASE("waiting ends with the lock, or at its time", "[flock]") {
  const LockFile lock;
  const Fd one = lock.open();
  const Fd two = lock.open();
  CHECK(wait_flock(two, Sharing::exclusive, monotonic_ns() + 60'000 * ms).value());
  unlock_flock(two);
  REQUIRE(try_flock(one, Sharing::exclusive).value());
  for (const std::int64_t deadline : {std::int64_t{0}, monotonic_ns(), monotonic_ns() + 30 * ms}) {
    CHECK_FALSE(wait_flock(two, Sharing::exclusive, deadline).value());
    CHECK(monotonic_ns() >= deadline);
  }
  const pid_t waiter = ::fork();
  if (waiter == 0) {
    const Fd own = lock.open();
    ::_exit(wait_flock(own, Sharing::exclusive, -1).value_or(false) ? 0 : 1);
  }
  unlock_flock(one);
  int status = -1;
  ::waitpid(waiter, &status, 0);
  CHECK(status == 0);
}

TEST_CASE("waiting with a deadline leaves no timer, handler or mask behind, and the caller's alarm alone", "[flock]") {
  const auto outcome = test::in_child([] {
    const LockFile lock;
    const Fd one = lock.open();
    const Fd two = lock.open();
    CHILD_REQUIRE(try_flock(one, Sharing::exclusive).value());
    struct sigaction before[65] = {};
    for (int signal = 1; signal < 65; ++signal) {
      ::sigaction(signal, nullptr, &before[signal]);
    }
    const SignalSet mask = block_signals(SignalSet());
    const itimerval alarm{{0, 0}, {1000, 0}};
    ::setitimer(ITIMER_REAL, &alarm, nullptr);
    CHILD_REQUIRE(!wait_flock(two, Sharing::exclusive, monotonic_ns() + 25 * ms).value());
    itimerval left{};
    ::getitimer(ITIMER_REAL, &left);
    CHILD_REQUIRE(left.it_value.tv_sec > 900);
    CHILD_REQUIRE(*block_signals(SignalSet()).bits() == *mask.bits());
    for (int signal = 1; signal < 65; ++signal) {
      struct sigaction now{};
      ::sigaction(signal, nullptr, &now);
      CHILD_REQUIRE(now.sa_handler == before[signal].sa_handler);
    }
    return 0;
  });
  succeeds(outcome);
}

TEST_CASE("a signal that ends programs ends one that waits, and the queue forgets it", "[flock]") {
  const LockFile lock;
  const Fd one = lock.open();
  REQUIRE(try_flock(one, Sharing::exclusive).value());
  for (const std::int64_t patience : {std::int64_t{-1}, 60'000 * ms}) {
    const pid_t waiter = ::fork();
    if (waiter == 0) {
      set_signal_ignored(SIGTERM, false);  // Catch2 handles it
      const Fd own = lock.open();
      (void)wait_flock(own, Sharing::exclusive, patience < 0 ? -1 : monotonic_ns() + patience);
      ::_exit(0);
    }
    while (process_state(waiter)->state != 'S') {
      ::sched_yield();
    }
    ::kill(waiter, SIGTERM);
    int status = 0;
    ::waitpid(waiter, &status, 0);
    CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM));
  }
  unlock_flock(one);
  const Fd two = lock.open();
  CHECK(try_flock(two, Sharing::exclusive).value());
}

TEST_CASE("a byte is taken, marked and asked for without disturbing anybody", "[flock]") {
  const LockFile lock;
  const Fd one = lock.open(O_RDWR);
  const Fd two = lock.open(O_RDWR);
  const Fd reader = lock.open();
  REQUIRE(try_byte(one, 7).value());
  CHECK_FALSE(try_byte(two, 7).value());
  CHECK(try_byte(two, 8).value());
  CHECK(byte_used(reader, 7).value());
  CHECK_FALSE(byte_used(one, 7).value());  // one's own
  CHECK_FALSE(byte_used(reader, 9).value());
  free_byte(one, 7);
  CHECK_FALSE(byte_used(reader, 7).value());

  const Fd other_reader = lock.open();
  REQUIRE(mark_byte(reader, 0));
  REQUIRE(mark_byte(other_reader, 0));
  CHECK(byte_used(two, 0).value());
  free_byte(reader, 0);
  CHECK(byte_used(two, 0).value());
  free_byte(other_reader, 0);
  CHECK_FALSE(byte_used(two, 0).value());
  CHECK(code_of(try_byte(reader, 3)) == Code::system);  // not open for writing
  // A flock and a byte's lock know nothing of each other.
  REQUIRE(mark_byte(reader, 0));
  CHECK(try_flock(two, Sharing::exclusive).value());
}

TEST_CASE("a process's own marks are told with its pid, and end with it", "[flock]") {
  const LockFile lock;
  const Fd file = lock.open();
  const std::uint64_t far = std::uint64_t{1} << 60U;
  CHECK(any_marked_byte(file, 0, 2 * far)->pid == -1);
  auto& marked = test::shared<int>();
  const auto mark = [&](std::uint64_t at) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      const Fd own = lock.open();
      __atomic_add_fetch(&marked, mark_own_byte(own, at) ? 1 : 100, __ATOMIC_ACQ_REL);
      for (;;) {
        ::pause();
      }
    }
    return pid;
  };
  const pid_t one = mark(far);
  const pid_t two = mark(far + 5);
  while (__atomic_load_n(&marked, __ATOMIC_ACQUIRE) < 2) {
    ::sched_yield();
  }
  REQUIRE(marked == 2);
  REQUIRE(mark_own_byte(file, 3));  // one's own is not told
  CHECK(any_marked_byte(file, 0, far)->pid == one);
  CHECK(any_marked_byte(file, far, far + 4)->at == far);
  CHECK(any_marked_byte(file, far + 1, far + 4)->pid == -1);
  CHECK(any_marked_byte(file, far + 1, 2 * far)->at == far + 5);
  CHECK(any_marked_byte(file, far + 1, 2 * far)->pid == two);
  CHECK(any_marked_byte(file, far + 6, 2 * far)->pid == -1);
  for (const pid_t pid : {one, two}) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  CHECK(any_marked_byte(file, 0, 2 * far)->pid == -1);
  free_own_byte(file, 3);
}

TEST_CASE("a byte that is taken is told from one that is marked", "[flock]") {
  const LockFile lock;
  const Fd writer = lock.open(O_RDWR);
  const Fd marker = lock.open();
  const Fd asker = lock.open(O_RDWR);
  for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{5}, (std::uint64_t{1} << 63U) - 1}) {
    INFO(at);
    REQUIRE(mark_byte(marker, at));
    CHECK_FALSE(byte_taken(asker, at).value());  // who may only read can do that: it must not look like a writer's
    CHECK(byte_used(asker, at).value());
    free_byte(marker, at);
    REQUIRE(try_byte(writer, at).value());
    CHECK(byte_taken(asker, at).value());
    CHECK_FALSE(byte_taken(writer, at).value());  // its own
    CHECK(byte_taken(asker, at).value());         // asking has disturbed nobody
    CHECK_FALSE(byte_taken(asker, at ^ 2U).value());
    free_byte(writer, at);
    CHECK_FALSE(byte_taken(asker, at).value());
  }
  CHECK(code_of(byte_taken(asker, std::uint64_t{1} << 63U)) == Code::system);
  CHECK(code_of(byte_taken(Fd(), 0)) == Code::system);
}
