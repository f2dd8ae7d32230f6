#include "cli/failure.hpp"
#include <algorithm>
#include <cerrno>
#include "catch.hpp"
#include "cli/call.hpp"
#include "support/process.hpp"

using namespace shm::cli;
using shm::os::Code;
using shm::os::fail;
using shm::os::fail_errno;

namespace {
constexpr Code codes[] = {Code::absent, Code::exists,    Code::lost,      Code::usage,   Code::wrong_kind,
                          Code::range,  Code::denied,    Code::untrusted, Code::corrupt, Code::full,
                          Code::busy,   Code::timed_out, Code::system};

std::string complained(std::string_view line) {
  return test::in_child([&] { return complain(line), 0; }).errors;
}

// What reporting the errors says, with the status at the end of it.
std::pair<std::string, int> reported(std::initializer_list<Code> errors, bool quiet) {
  const auto outcome = test::in_child([&] {
    Call call;
    if (quiet) {
      call.options.push_back({"quiet", ""});
    }
    for (const Code code : errors) {
      call.report(fail(code, "try", "x", "it is so"));
    }
    return call.status();
  });
  return {outcome.errors, outcome.exit_status};
}
}  // namespace

TEST_CASE("each code has the exit status of the manual", "[failure]") {
  constexpr int statuses[] = {1, 1, 1, 2, 3, 3, 4, 4, 4, 5, 75, 124, 4};
  for (std::size_t i = 0; i < std::size(codes); ++i) {
    CHECK(status_of(codes[i]) == statuses[i]);
  }
  CHECK(status_of(static_cast<Code>(99)) == 4);
  CHECK(exit_usage == status_of(Code::usage));
  CHECK(exit_corrupt == status_of(Code::corrupt));
}

TEST_CASE("a message says what, why, and what to do", "[failure]") {
  CHECK(message_of(fail(Code::busy, "lock", "hits", "somebody has it", "wait")) ==
        "lock 'hits': somebody has it (wait)");
  CHECK(message_of(fail(Code::absent, "open", "hits", "there is no such object")) ==
        "open 'hits': there is no such object");
  CHECK(message_of(fail_errno(EIO, "read", "hits")) == "read 'hits': Input/output error");
  CHECK(message_of(fail_errno(EMFILE, "open", "hits")).find("(raise the limit of open files") != std::string::npos);
  CHECK(message_of(fail_errno(99999, "open", "hits")) == "open 'hits': unknown error");
}

TEST_CASE("a complaint is one line that steers no terminal", "[failure]") {
  CHECK(complained("it is so") == "shmctl: it is so\n");
  CHECK(complained("") == "shmctl: \n");
  const std::string odd = complained("a\nb\033[31m\x7f\u009b h\u00e9");
  CHECK(std::count(odd.begin(), odd.end(), '\n') == 1);
  CHECK(odd.starts_with("shmctl: a?b?[31m?"));
  CHECK(odd.ends_with(" h\u00e9\n"));
  CHECK(odd.find('\x9b') == std::string::npos);
}

TEST_CASE("the worst status of several is the call's", "[failure]") {
  CHECK(reported({}, false).second == 0);
  CHECK(reported({Code::absent, Code::range, Code::lost}, false).second == 3);
  CHECK(reported({Code::corrupt, Code::absent}, false).second == 4);
  CHECK(reported({Code::absent, Code::range}, false).first == "shmctl: try 'x': it is so\nshmctl: try 'x': it is so\n");
}

TEST_CASE("quiet keeps quiet about no and busy alone", "[failure]") {
  for (const Code code : codes) {
    const auto [said, status] = reported({code}, true);
    const bool expected = status == 1 || code == Code::busy;
    CHECK(said.empty() == expected);
    CHECK(status == status_of(code));
    CHECK_FALSE(reported({code}, false).first.empty());
  }
}

TEST_CASE("must gives the value, or throws the error", "[failure]") {
  CHECK(must(shm::os::Result<int>(5)) == 5);
  must(shm::os::Result<void>());
  try {
    must(shm::os::Result<int>(std::unexpected(fail(Code::range, "add", "x", "too much"))));
    FAIL("nothing was thrown");
  } catch (const Failure& failure) {
    CHECK(failure.error().code == Code::range);
    CHECK(std::string(failure.error().object) == "x");
  }
}
