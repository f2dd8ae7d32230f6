// Records of changes of several objects: what they say, while their makers live and after.
#include "store/change_file.hpp"
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include "catch.hpp"
#include "os/flock.hpp"
#include "support/kernel.hpp"
#include "support/own_store.hpp"
#include "support/process.hpp"

using namespace shm::store;
using shm::os::Code;
using test::OwnStore;

namespace {
ChangeFile made(const OwnStore& store) {
  auto change = ChangeFile::create(*store);
  REQUIRE(change);
  return std::move(*change);
}
std::string name_of(std::uint64_t id) { return std::string(change_name(id).view()); }
template <class T>
Code code(const shm::os::Result<T>& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}
}  // namespace

TEST_CASE("a record says what became of its change, from its making to its removal", "[change]") {
  const OwnStore store;
  ChangeFile change = made(store);
  const std::uint64_t id = change.id();
  CHECK(id >= least_change_id);
  CHECK(store.files() == std::vector<std::string>{name_of(id)});
  CHECK(decision_of(*store, id) == Decision::none);
  CHECK_FALSE(maker_is_dead(*store, id));
  REQUIRE(change.decide());
  CHECK(decision_of(*store, id) == Decision::happened);
  change.remove(*store);
  CHECK(change.id() == 0);
  CHECK(store.files().empty());
  CHECK(decision_of(*store, id) == Decision::abandoned);
}

TEST_CASE("a dead maker's record stays, and says what was decided last", "[change]") {
  const OwnStore store;
  bool decided = false;
  SECTION("nothing") {}
  SECTION("that it happened") { decided = true; }
  const pid_t pid = ::fork();
  if (pid == 0) {
    auto change = ChangeFile::create(*store);
    ::_exit(change && (!decided || change->decide()) ? ::raise(SIGKILL) : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  REQUIRE(WIFSIGNALED(status));
  const auto files = store.files();
  REQUIRE(files.size() == 1);
  const std::uint64_t id = id_of_change(files[0]);
  CHECK(decision_of(*store, id) == (decided ? Decision::happened : Decision::abandoned));
  CHECK(maker_is_dead(*store, id));
}

TEST_CASE("a record's name has its id, and nothing else is one", "[change]") {
  for (const std::uint64_t id : {least_change_id, least_change_id + 0xabc, ~std::uint64_t{0}}) {
    CHECK(id_of_change(change_name(id).view()) == id);
  }
  for (const auto* name : {"", "hits", ",change,", ",change,x", ",change,12 ", ",change,-1", ",lock,12", ",change",
                           ",change,11111111111111111"}) {
    INFO(name);
    CHECK(id_of_change(name) == 0);
  }
}

TEST_CASE("what stands in a record's place is not believed", "[change]") {
  const OwnStore store;
  const std::uint64_t id = least_change_id + 7;
  const std::string path = store / name_of(id);
  SECTION("a link") {
    test::make_file(store / "target", "1", 0644);
    test::make_link(store / "target", path);
  }
  SECTION("a second name of a file") {
    test::make_file(store / "target", "1", 0644);
    test::make_hard_link(store / "target", path);
  }
  SECTION("a FIFO") { test::make_fifo(path); }
  SECTION("a directory") { test::make_directory(path, 0755); }
  SECTION("what everybody may write") { test::make_file(path, "1", 0666); }
  SECTION("another user's file") {
    if (!test::is_root()) {
      return;  // can't make one
    }
    test::make_file(path, "1", 0644);
    test::change_owner(path, 12345, 12345);
  }
  CHECK(code(decision_of(*store, id)) == Code::untrusted);
  CHECK_FALSE(maker_is_dead(*store, id));
}

TEST_CASE("a record of other content did not happen", "[change]") {
  const OwnStore store;
  const std::uint64_t id = least_change_id + 7;
  for (const auto* content : {"", "0", "2", "x1"}) {
    test::make_file(store / name_of(id), content, 0644);
    CHECK(decision_of(*store, id) == Decision::abandoned);
    test::remove_file(store / name_of(id));
  }
}

TEST_CASE("who may only read can't make a dead maker look alive", "[change]") {
  const OwnStore store;
  const std::uint64_t id = least_change_id + 7;
  test::make_file(store / name_of(id), "0", 0644);
  const auto file = shm::os::open_file_at(store->dir(), name_of(id), O_RDONLY);
  REQUIRE(file);
  REQUIRE(shm::os::mark_byte(*file, 0));
  CHECK(decision_of(*store, id) == Decision::abandoned);
}

TEST_CASE("without descriptors or room there is no record, and nobody guesses what one says", "[change]") {
  const OwnStore store;
  const std::uint64_t id = made(store).id();
  test::succeeds(test::in_child([&] {
    CHILD_REQUIRE(test::limit_descriptors(0));
    const auto change = ChangeFile::create(*store);
    CHILD_REQUIRE(!change && change.error().code == Code::full);
    const auto decision = decision_of(*store, id);
    CHILD_REQUIRE(!decision && decision.error().code == Code::full);
    return 0;
  }));
  test::succeeds(test::in_child([&] {
    CHILD_REQUIRE(test::deny_call(SYS_pwrite64, ENOSPC));
    const auto change = ChangeFile::create(*store);
    CHILD_REQUIRE(!change && change.error().code == Code::full);
    return 0;
  }));
  CHECK(store.files().size() == 1);
}
