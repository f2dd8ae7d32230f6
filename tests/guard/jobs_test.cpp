#include "guard/jobs.hpp"
#include <map>
#include "support.hpp"

using namespace shm;
using namespace shm::guard;
using os::Code;
using test::code_of;
using test::OtherRun;
using test::take;
using test::want;

namespace {
std::map<std::string, std::string> states(const store::Store& store) {
  std::map<std::string, std::string> all;
  const auto listed = list_jobs(
      store,
      [](void* found, const JobState& job) {
        (*static_cast<std::map<std::string, std::string>*>(found))[std::string(job.name.view())] =
            std::string(state_text(job).view());
        return true;
      },
      &all);
  CHECK(listed.has_value());
  return all;
}
using States = std::map<std::string, std::string>;
}  // namespace

TEST_CASE("jobs are listed with their states, objects are not", "[jobs]") {
  const test::OwnStore store;
  CHECK(states(*store).empty());
  take(*store, "good").end(test::exited(0));
  take(*store, "bad").end(test::exited(9));
  (void)take(*store, "lost");
  (void)test::refused(*store, "never", want(Mode::slot, 0));
  test::make_file(store / "object", "x");
  test::make_file(store / "damaged,job", "x");
  test::make_link("/etc/passwd", store / "planted,job");
  {
    OtherRun one(*store, "busy");
    OtherRun two(*store, "many", want(Mode::shared));
    OtherRun three(*store, "many", want(Mode::shared));
    CHECK(states(*store) == States{{"good", "idle, last status 0"},
                                   {"bad", "idle, last status 9"},
                                   {"lost", "idle, last run lost"},
                                   {"never", "never run"},
                                   {"busy", "running"},
                                   {"many", "running 2 times"},
                                   {"damaged", "damaged"},
                                   {"planted", "damaged"}});
  }
  int calls = 0;
  CHECK(list_jobs(*store, [](void* count, const JobState&) { return ++*static_cast<int*>(count) < 2; }, &calls));
  CHECK(calls == 2);
}

TEST_CASE("an idle job is removed with all its files; a running one is busy", "[jobs]") {
  const test::OwnStore store;
  CHECK(code_of(remove_job(*store, "job")) == Code::absent);
  take(*store, "job", want(Mode::slot, 3)).end(test::exited(0));
  take(*store, "jobs").end(test::exited(0));
  REQUIRE(remove_job(*store, "job"));
  CHECK(store.files() == std::vector<std::string>{",token", "jobs,job", "jobs,job.lock"});
  {
    OtherRun other(*store, "job", want(Mode::slot, 2));
    CHECK(code_of(remove_job(*store, "job")) == Code::busy);
    CHECK(store.files().size() == 6);
  }
  REQUIRE(remove_job(*store, "job"));
  REQUIRE(remove_job(*store, "jobs"));
  CHECK(store.files() == std::vector<std::string>{",token"});
}

TEST_CASE("what is damaged, planted or half of a job can be removed", "[jobs]") {
  const test::OwnStore store;
  take(*store, "one").end(test::exited(0));
  test::make_file(store / "one,job", "x");
  CHECK(code_of(describe_job(*store, "one")) == Code::corrupt);
  CHECK(remove_job(*store, "one"));
  test::make_link("/etc/passwd", store / "two,job");
  test::make_fifo(store / "two,job.lock");
  CHECK(remove_job(*store, "two"));
  take(*store, "three").end(test::exited(0));
  test::remove_file(store / "three,job");
  CHECK(remove_job(*store, "three"));
  take(*store, "four").end(test::exited(0));
  test::remove_file(store / "four,job.lock");
  CHECK(remove_job(*store, "four"));
  CHECK(store.files() == std::vector<std::string>{",token"});
  CHECK(test::exists("/etc/passwd"));
}

TEST_CASE("tokens go on above the old ones when a job is removed and made anew", "[jobs]") {
  const test::OwnStore store;
  std::uint64_t last = 0;
  for (int round = 0; round < 20; ++round) {
    for (int run = 0; run < 3; ++run) {
      auto hold = take(*store, "job");
      CHECK(hold.token() > last);
      last = hold.token();
      hold.end(test::exited(0));
    }
    REQUIRE(remove_job(*store, "job"));
  }
}
