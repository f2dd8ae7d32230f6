// Who has an object's lock, and who gets it next.
#include "segment/lock.hpp"
#include <sys/prctl.h>
#include "segment/owners.hpp"

using namespace test;

TEST_CASE("of two changes the second waits, and says whom for", "[lock]") {
  const Object object;
  Region one = object.open();
  Region two = object.open();
  two.set_patience(20 * ms);
  {
    auto change = must(one.begin());
    const auto refused = two.begin();
    REQUIRE(code_of(refused) == Code::timed_out);
    const std::string said = refused.error().object;
    char program[16] = {};
    ::prctl(PR_GET_NAME, &program[0]);
    CHECK(said == "thing, held by process " + std::to_string(::getpid()) + " (" + &program[0] + ")");
    CHECK(code_of(one.begin()) == Code::busy);  // it has it already
    change.set_root(0, 1);
    must(change.commit());
  }
  two.set_patience(0);
  CHECK(must(two.begin()).get_root(0) == 1);
  two.set_patience(-1);
  CHECK(must(two.begin()).get_root(0) == 1);
}

TEST_CASE("patience is kept to", "[lock]") {
  const Object object;
  Region one = object.open();
  Region two = object.open();
  const auto change = must(one.begin());
  for (const std::int64_t patience : {0 * ms, 3 * ms, 40 * ms}) {
    two.set_patience(patience);
    const std::int64_t took = ns_of([&] { CHECK(code_of(two.begin()) == Code::timed_out); });
    CHECK(took >= patience);
    CHECK(took < patience + 5000 * ms);
  }
}

TEST_CASE("a lock that is set free wakes who waits", "[lock]") {
  const Object object;
  auto& shared = test::shared<Shared>();
  Region region = object.open();
  set_root(region, 0, 1);
  auto change = std::optional(must(region.begin()));
  const pid_t waiting = waiter(object, shared);
  change.reset();
  CHECK(status_of(waiting) == 0);
  CHECK(root(region, 1) == 1);
}
