#include "os/process_end.hpp"
#include <sys/wait.h>
#include <csignal>
#include "catch.hpp"
#include "support/process.hpp"

using namespace shm::os;

namespace {
/// A child that ends as `end` says once it is watched.
template <class End>
Watched watch_child(pid_t& child, End end) {
  int go[2];
  REQUIRE(::pipe(go) == 0);
  child = ::fork();
  if (child == 0) {
    ::close(go[1]);
    char byte = 0;
    (void)!::read(go[0], &byte, 1);
    end();
    ::_exit(0);
  }
  const auto state = process_state(child);
  REQUIRE(state);
  auto watched = watch_process(child, state->start);
  REQUIRE(watched);
  ::close(go[0]);
  ::close(go[1]);
  return std::move(*watched);
}

void await_end(const Watched& watched) {
  const auto ended = wait_process(watched.process, -1);
  REQUIRE(ended);
  REQUIRE(*ended);
}
}  // namespace

TEST_CASE("the end of a process is told as long as its parent has not asked", "[process]") {
  pid_t child = 0;
  for (const int status : {0, 1, 42, 255}) {
    const auto watched = watch_child(child, [&] { ::_exit(status); });
    await_end(watched);
    const auto end = end_of(watched);
    REQUIRE(end);
    CHECK(WIFEXITED(*end));
    CHECK(WEXITSTATUS(*end) == status);
    ::waitpid(child, nullptr, 0);
  }
  const auto watched = watch_child(child, [] { ::raise(SIGKILL); });
  await_end(watched);
  const auto end = end_of(watched);
  REQUIRE(end);
  CHECK(WIFSIGNALED(*end));
  CHECK(WTERMSIG(*end) == SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST_CASE("an end that the parent has asked for is told rightly or not at all", "[process]") {
  pid_t child = 0;
  const auto watched = watch_child(child, [] { ::_exit(42); });
  ::waitpid(child, nullptr, 0);
  await_end(watched);
  const auto end = end_of(watched);  // since Linux 6.15
  CHECK((!end || (WIFEXITED(*end) && WEXITSTATUS(*end) == 42)));
}

TEST_CASE("another process by the same number is not watched", "[process]") {
  const auto self = process_state(::getpid());
  REQUIRE(self);
  const auto watched = watch_process(self->pid, self->start + 1);
  REQUIRE_FALSE(watched);
  CHECK(watched.error().code == Code::absent);
}

TEST_CASE("who may not look at a process is not told that it ended well", "[process]") {
  if (!test::is_root()) {
    SKIP("needs another user");
  }
  pid_t child = 0;
  int go[2];
  REQUIRE(::pipe(go) == 0);
  child = ::fork();
  if (child == 0) {
    ::close(go[1]);
    char byte = 0;
    (void)!::read(go[0], &byte, 1);
    ::_exit(42);
  }
  const auto state = process_state(child);
  REQUIRE(state);
  ::close(go[0]);
  const auto outcome = test::as_user(4321, 4321, [&] {
    const auto watched = watch_process(state->pid, state->start);
    CHILD_REQUIRE(watched.has_value());
    CHILD_REQUIRE(::write(go[1], "x", 1) == 1);
    CHILD_REQUIRE(wait_process(watched->process, -1).has_value());
    const auto end = end_of(*watched);
    CHILD_REQUIRE(!end || (WIFEXITED(*end) && WEXITSTATUS(*end) == 42));
    return 0;
  });
  ::close(go[1]);
  succeeds(outcome);
  ::waitpid(child, nullptr, 0);
}
