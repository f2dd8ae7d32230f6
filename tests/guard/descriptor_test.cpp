#include "guard/descriptor.hpp"
#include "guard/file_lock.hpp"
#include "guard/jobs.hpp"
#include "guard/watch.hpp"
#include "support.hpp"

using namespace shm;
using namespace shm::guard;
using os::Code;
using test::code_of;

namespace {
/// The lock file of a job, open as a script has it.
os::Fd open_lock(const store::Store& store, std::string_view job) {
  const auto path = lock_path(store, job);
  REQUIRE(path);
  return os::Fd(::open(path->c_str(), O_RDONLY));
}

Want by(const os::Fd& file, Mode mode = Mode::exclusive) {
  auto wanted = test::want(mode);
  wanted.descriptor = file.get();
  return wanted;
}
// A script calls programs: what they do to its open file is done by a child, and lasts.
template <class Call>
bool in_a_program(Call call) {
  const pid_t program = ::fork();
  if (program == 0) {
    ::_exit(call() ? 0 : 1);
  }
  int status = -1;
  ::waitpid(program, &status, 0);
  return status == 0;
}

bool lock(const store::Store& store, const os::Fd& file, Mode mode = Mode::exclusive) {
  return in_a_program([&] {
    const auto outcome = lock_descriptor(store, "job", by(file, mode));
    return outcome && outcome->hold;
  });
}

bool unlock(const store::Store& store, const os::Fd& file) {
  return in_a_program([&] { return unlock_descriptor(&store, "job", file.get()).has_value(); });
}
}  // namespace

TEST_CASE("a job is held by an open file, beyond the call that took it", "[descriptor]") {
  const test::OwnStore store;
  auto file = open_lock(*store, "job");
  REQUIRE(lock(*store, file));
  const auto busy = test::refused(*store, "job");
  REQUIRE(busy.holders.size() == 1);
  CHECK(busy.holders[0].descriptor == file.get());
  CHECK(busy.holders[0].command.pid == ::getpid());
  const auto view = view_job(*store, "job");
  REQUIRE(view);
  CHECK(view->state.running);
  CHECK(view->state.runs == 0);
  SECTION("until it is unlocked") {
    REQUIRE(unlock(*store, file));
    CHECK_FALSE(describe_job(*store, "job")->running);
  }
  SECTION("until it is closed") { file.reset(); }
  SECTION("unlocked by another way, though the file stays open") { os::unlock_flock(file); }
  test::take(*store, "job").end(test::exited(0));
  CHECK(describe_job(*store, "job")->lost == 0);
  CHECK(remove_job(*store, "job"));
}

TEST_CASE("a refusal leaves nothing locked", "[descriptor]") {
  const test::OwnStore store;
  const auto file = open_lock(*store, "job");
  auto other = test::take(*store, "job");
  CHECK_FALSE(lock(*store, file));
  other.end(test::exited(0));
  test::take(*store, "job").end(test::exited(0));
}

TEST_CASE("the lock file deleted while it is held: the record still keeps others out", "[descriptor]") {
  const test::OwnStore store;
  auto file = open_lock(*store, "job");
  REQUIRE(lock(*store, file));
  REQUIRE(::unlink(lock_path(*store, "job")->c_str()) == 0);
  CHECK(test::refused(*store, "job").holders.size() == 1);
  CHECK(code_of(lock_descriptor(*store, "job", by(file))) == Code::untrusted);
  const auto locked = locked_by(file.get());
  REQUIRE(locked);
  CHECK(locked->job.view() == "job");
  CHECK(locked->store.view() == store->path());
  SECTION("until it is unlocked") { REQUIRE(unlock(*store, file)); }
  SECTION("until it is closed") { file.reset(); }
  test::take(*store, "job").end(test::exited(0));
}

TEST_CASE("descriptors that are no lock of that job are refused", "[descriptor]") {
  const test::OwnStore store;
  const auto other = open_lock(*store, "other");
  const auto unnamed = open_lock(*store, "job");
  auto wanted = by(other);
  CHECK(code_of(lock_descriptor(*store, "job", wanted)) == Code::untrusted);
  wanted.descriptor = 1 << 20;
  CHECK(code_of(lock_descriptor(*store, "job", wanted)) == Code::usage);
  CHECK(code_of(locked_by(wanted.descriptor)) == Code::usage);
  const os::Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  CHECK(code_of(locked_by(null.get())) == Code::untrusted);
  CHECK(code_of(lock_descriptor(*store, "job", by(null))) == Code::untrusted);
}

TEST_CASE("shared beside shared, and one file changes from one to the other", "[descriptor]") {
  const test::OwnStore store;
  const auto one = open_lock(*store, "job");
  const auto two = open_lock(*store, "job");
  CHECK(lock(*store, one, Mode::shared));
  CHECK(lock(*store, two, Mode::shared));
  CHECK(test::refused(*store, "job").holders.size() == 2);
  REQUIRE(unlock(*store, two));
  CHECK(lock(*store, one));
  CHECK(view_job(*store, "job")->holders.size() == 1);
  CHECK_FALSE(lock(*store, two, Mode::shared));
}

TEST_CASE("a file's lock: by its path, made if need be, and by a descriptor", "[file_lock]") {
  const test::Directory directory;
  const std::string path = directory / "file";
  CHECK_FALSE(FileLock::exists(path));
  auto lock = FileLock::open(path);
  REQUIRE(lock);
  CHECK(FileLock::exists(path));
  CHECK(*lock->take(os::Sharing::exclusive, 0));
  const os::Fd other(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  auto by_number = FileLock::of_descriptor(other.get());
  CHECK_FALSE(*by_number.take(os::Sharing::shared, 0));
  CHECK_FALSE(*by_number.take(os::Sharing::shared, os::monotonic_ns() + 5 * test::ms));
  CHECK(*lock->drop());
  CHECK(*by_number.take(os::Sharing::shared, 0));
  auto second = FileLock::open(path);
  REQUIRE(second);
  CHECK(*second->take(os::Sharing::shared, -1));
  CHECK(FileLock::open(directory / "no/file").error().sys_errno == ENOENT);
  auto none = FileLock::of_descriptor(1 << 20);
  CHECK(none.take(os::Sharing::shared, 0).error().sys_errno == EBADF);
  CHECK(none.drop().error().sys_errno == EBADF);
}

TEST_CASE("a file that was replaced is not the one that is locked", "[file_lock]") {
  const test::Directory directory;
  const std::string path = directory / "file";
  auto lock = FileLock::open(path);
  REQUIRE(lock);
  REQUIRE(::unlink(path.c_str()) == 0);
  CHECK(*lock->take(os::Sharing::exclusive, 0));
  auto now = FileLock::open(path);
  REQUIRE(now);
  CHECK_FALSE(*now->take(os::Sharing::exclusive, 0));
}
