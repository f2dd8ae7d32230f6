// The lock as Boost.Interprocess's own lock types take it.
#include "segment/interprocess_mutex.hpp"
#include <boost/interprocess/sync/scoped_lock.hpp>
#include "segment/owners.hpp"

using namespace test;
using shm::segment::InterprocessMutex;
namespace bip = boost::interprocess;
using Lock = bip::scoped_lock<InterprocessMutex>;

namespace {
boost::posix_time::ptime in_ms(int count) {
  return boost::posix_time::microsec_clock::universal_time() + boost::posix_time::milliseconds(count);
}
}  // namespace

TEST_CASE("every form of scoped_lock works", "[mutex]") {
  const Object object;
  Region region = object.open();
  Region other = object.open();
  InterprocessMutex mutex(region);
  InterprocessMutex rival(other);
  {
    Lock lock(mutex);
    CHECK(lock.owns());
    CHECK_FALSE(Lock(rival, bip::try_to_lock).owns());
    const std::int64_t took = ns_of([&] { CHECK_FALSE(Lock(rival, in_ms(30)).owns()); });
    CHECK(took >= 25 * ms);
    CHECK_FALSE(Lock(rival, in_ms(-1000)).owns());
    lock.unlock();
    CHECK(Lock(rival, bip::try_to_lock).owns());
    lock.lock();
    CHECK_FALSE(Lock(rival, bip::try_to_lock).owns());
  }
  {
    Lock lock(rival, bip::defer_lock);
    CHECK_FALSE(lock.owns());
    CHECK(Lock(mutex, bip::try_to_lock).owns());
    CHECK(lock.timed_lock(in_ms(1000)));
    CHECK_FALSE(Lock(mutex, bip::try_to_lock).owns());
    Lock moved(boost::move(lock));
    CHECK(moved.owns());
    CHECK_FALSE(lock.owns());
  }
  CHECK(Lock(mutex, boost::posix_time::ptime(boost::posix_time::pos_infin)).owns());
  CHECK(Lock(mutex, bip::try_to_lock).owns());
}

TEST_CASE("between processes it excludes, and a killed holder's is free", "[mutex]") {
  const Object object;
  auto& shared = test::shared<Shared>();
  Region region = object.open();
  InterprocessMutex mutex(region);
  const pid_t holder = forked([&] {
    Region own = object.open();
    InterprocessMutex its(own);
    const Lock lock(its);
    tell(shared.ready, 1);
    return pausing();
  });
  REQUIRE(soon([&] { return look(shared.ready) == 1; }));
  CHECK_FALSE(Lock(mutex, in_ms(20)).owns());
  kill_now(holder);
  CHECK(ns_of([&] { CHECK(Lock(mutex).owns()); }) < 5000 * ms);
}

TEST_CASE("the object's own patience is not the mutex's", "[mutex]") {
  const Object object;
  Region region = object.open();
  region.set_patience(123);
  InterprocessMutex mutex(region);
  (void)Lock(mutex).owns();
  (void)Lock(mutex, bip::try_to_lock).owns();
  CHECK(region.patience() == 123);
}

TEST_CASE("where the lock can't be had at all, it throws", "[mutex]") {
  const Object object;
  Region region = object.open(Access::read);
  InterprocessMutex mutex(region);
  CHECK_THROWS_AS(Lock(mutex), bip::lock_exception);
  Region own = object.open();
  InterprocessMutex twice(own);
  const Lock lock(twice);
  InterprocessMutex again(own);
  CHECK_THROWS_AS(Lock(again), bip::lock_exception);
}
