#include "guard/token.hpp"
#include "guard/jobs.hpp"
#include "support.hpp"

using namespace shm;
using namespace shm::guard;
using os::Code;
using test::code_of;
using test::take;

namespace {
// As if the clock had been set back since: the job's last token is far in the future.
constexpr std::uint64_t far_ahead = std::uint64_t{1} << 60U;

void run_with_token(const store::Store& store, std::uint64_t token) {
  take(store, "job").end(test::exited(0));
  Record::open(store, "job", os::Access::write)->summary().token.store(token);
}
}  // namespace

TEST_CASE("tokens go on above those of a removed job, though the clock was set back", "[token]") {
  const test::OwnStore store;
  run_with_token(*store, far_ahead);
  CHECK(token_to_begin_after(*store).value() < far_ahead);
  REQUIRE(remove_job(*store, "job"));
  CHECK(token_to_begin_after(*store) == far_ahead);
  CHECK(take(*store, "job").token() == far_ahead + 1);
  CHECK(take(*store, "other").token() > far_ahead);
}

TEST_CASE("the highest of all removed jobs counts", "[token]") {
  const test::OwnStore store;
  REQUIRE(outlive_job(*store, far_ahead));
  REQUIRE(outlive_job(*store, 7));
  CHECK(token_to_begin_after(*store) == far_ahead);
  REQUIRE(outlive_job(*store, far_ahead + 7));
  CHECK(token_to_begin_after(*store) == far_ahead + 7);
}

TEST_CASE("a job that has run keeps its tokens for itself", "[token]") {
  const test::OwnStore store;
  const auto first = take(*store, "job").token();
  REQUIRE(outlive_job(*store, far_ahead));
  CHECK(take(*store, "job").token() == first + 1);
}

TEST_CASE("what is no token is not taken for one; an empty file is none yet", "[token]") {
  const test::OwnStore store;
  test::make_file(store / ",token", "");
  CHECK(token_to_begin_after(*store));
  for (const auto* content : {"x", "0123456789abcdef", "0123456789abcdef0"}) {
    test::make_file(store / ",token", content);
    INFO(content);
    CHECK(code_of(token_to_begin_after(*store)) == Code::corrupt);
    CHECK(code_of(acquire(*store, "job", test::want())) == Code::corrupt);
    CHECK(code_of(outlive_job(*store, 1)) == Code::corrupt);
  }
  test::remove_file(store / ",token");
  run_with_token(*store, far_ahead);
  test::make_link("/etc/passwd", store / ",token");
  CHECK(code_of(remove_job(*store, "job")) == Code::untrusted);
  CHECK(test::exists(store / "job,job"));
}

TEST_CASE("many remove and make jobs at once, and no token comes twice", "[token]") {
  const test::OwnStore store;
  auto& last = test::shared<std::uint64_t>();
  test::Crowd crowd;
  for (int child = 0; child < 3; ++child) {
    crowd.add([&] {
      for (int i = 0; i < 100; ++i) {
        auto outcome = acquire(*store, "job", test::want_within(60'000 * test::ms));
        CHILD_REQUIRE(outcome.has_value() && outcome->hold);
        CHILD_REQUIRE(outcome->hold->begin("one of many").has_value());
        CHILD_REQUIRE(outcome->hold->token() > last);  // only who holds the job gets here
        last = outcome->hold->token();
        outcome->hold->end(test::exited(0));
        (void)remove_job(*store, "job");
      }
      return 0;
    });
  }
  crowd.go();
  CHECK(crowd.wait());
}
