#include "guard/watch.hpp"
#include <algorithm>
#include "guard/job_files.hpp"
#include "os/flock.hpp"
#include "support.hpp"

using namespace shm;
using namespace shm::guard;
using os::Code;
using test::code_of;
using test::OtherRun;
using test::take;
using test::want;
using test::want_within;

namespace {
bool waits(const store::Store& store, int pid) {
  const auto view = view_job(store, "job");
  return view && std::find(view->waiters.begin(), view->waiters.end(), pid) != view->waiters.end();
}

// A process that waits for the job until it is killed.
pid_t waiter_of(const store::Store& store, const Want& wanted) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    (void)acquire(store, "job", wanted);
    ::_exit(0);
  }
  while (!waits(store, pid)) {
    ::sched_yield();
  }
  return pid;
}
}  // namespace

TEST_CASE("a job that is held, one that is free, and one that never was", "[watch]") {
  const test::OwnStore store;
  CHECK(code_of(view_job(*store, "job")) == Code::absent);
  CHECK(code_of(view_job(*store, "a/b")) == Code::usage);
  {
    OtherRun other(*store, "job");
    const auto view = view_job(*store, "job");
    REQUIRE(view);
    CHECK(view->state.running);
    CHECK(view->state.holders == 1);
    REQUIRE(view->holders.size() == 1);
    CHECK(view->holders[0].supervisor_pid == other.supervisor());
    CHECK(view->holders[0].command.pid == other.command());
    CHECK(view->holders[0].command.start == os::process_state(other.command())->start);
    CHECK(view->waiters.empty());
  }
  const auto view = view_job(*store, "job");
  REQUIRE(view);
  CHECK_FALSE(view->state.running);
  CHECK(view->holders.empty());
}

TEST_CASE("those who wait are told, whatever they wait for", "[watch]") {
  const test::OwnStore store;
  struct Case {
    Want held;
    Want wanted;
    bool lock_deleted;
  };
  const Case cases[] = {{want(), want_within(60'000 * test::ms), false},
                        {want(), want_within(60'000 * test::ms), true},
                        {want(Mode::slot, 1), want_within(60'000 * test::ms, Mode::slot, 1), false}};
  for (const auto& one : cases) {
    OtherRun other(*store, "job", one.held);
    if (one.lock_deleted) {
      test::remove_file(store / "job,job.lock");
    }
    const pid_t first = waiter_of(*store, one.wanted);
    const pid_t second = waiter_of(*store, one.wanted);
    const auto view = view_job(*store, "job");
    CHECK(view->waiters.size() == 2);
    CHECK(view->holders.size() == 1);
    for (const pid_t pid : {first, second}) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
    CHECK(view_job(*store, "job")->waiters.empty());
  }
}

TEST_CASE("the lock taken by other means is a lock", "[watch]") {
  const test::OwnStore store;
  take(*store, "job").end(test::exited(0));
  const pid_t other = ::fork();
  if (other == 0) {
    os::FileInfo info;
    const auto file = store->open_file(lock_name("job").view(), O_RDONLY, &info);
    ::_exit(file && os::try_flock(*file, os::Sharing::exclusive) && ::pause() == 0 ? 0 : 1);
  }
  while (!view_job(*store, "job")->state.running) {
    ::sched_yield();
  }
  const auto view = view_job(*store, "job");
  REQUIRE(view->holders.size() == 1);
  CHECK_FALSE(view->holders[0].recorded);
  CHECK(view->holders[0].pid == other);
  const auto busy = test::refused(*store, "job");
  REQUIRE(busy.holders.size() == 1);
  CHECK(busy.holders[0].pid == other);
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
  CHECK_FALSE(view_job(*store, "job")->state.running);
}

TEST_CASE("looking never makes a run lose", "[watch]") {
  const test::OwnStore store;
  take(*store, "job").end(test::exited(0));
  auto& stop = test::shared<int>();
  const pid_t watcher = ::fork();
  if (watcher == 0) {
    while (__atomic_load_n(&stop, __ATOMIC_ACQUIRE) == 0) {
      (void)view_job(*store, "job");
      (void)list_jobs(*store, [](void*, const JobState&) { return true; }, nullptr);
    }
    ::_exit(0);
  }
  for (int i = 0; i < 300; ++i) {
    take(*store, "job").end(test::exited(0));
  }
  CHECK(describe_job(*store, "job")->skips == 0);
  __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
  ::waitpid(watcher, nullptr, 0);
}

TEST_CASE("the kernel's list is of one file's flocks alone", "[watch]") {
  const test::OwnStore store;
  test::make_file(store / "one", "");
  test::make_file(store / "two", "");
  os::FileInfo one_info;
  os::FileInfo two_info;
  const auto one = store->open_file("one", O_RDWR, &one_info);
  const auto two = store->open_file("two", O_RDWR, &two_info);
  REQUIRE((one && two));
  CHECK(flock_holders(one_info).empty());
  REQUIRE(os::try_flock(*one, os::Sharing::exclusive));
  REQUIRE(os::try_byte(*two, 0));
  const pid_t waiter = ::fork();
  if (waiter == 0) {
    os::FileInfo info;
    const auto own = store->open_file("one", O_RDWR, &info);
    ::_exit(own && os::wait_flock(*own, os::Sharing::exclusive, -1) ? 0 : 1);
  }
  while (os::process_state(waiter)->state != 'S') {
    ::sched_yield();
  }
  CHECK(flock_holders(one_info) == std::vector<int>{::getpid()});
  CHECK(flock_holders(two_info).empty());
  os::unlock_flock(*one);
  ::waitpid(waiter, nullptr, 0);
}
