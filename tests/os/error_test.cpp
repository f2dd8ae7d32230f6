#include "os/error.hpp"
#include <cerrno>
#include <cstring>
#include <string>
#include "catch.hpp"

using namespace shm::os;

TEST_CASE("an error number decides what kind of failure it is", "[error]") {
  const auto is = [](Code code, std::initializer_list<int> numbers) {
    for (const int number : numbers) {
      INFO(std::strerror(number));
      CHECK(code_of_errno(number) == code);
    }
  };
  is(Code::absent, {ENOENT});
  is(Code::exists, {EEXIST});
  is(Code::denied, {EACCES, EPERM, EROFS});
  is(Code::untrusted, {ELOOP, EXDEV, ENOTDIR, EISDIR, ENXIO});
  is(Code::full, {ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM, EFBIG});
  is(Code::system, {EIO, EINVAL, EBADF, ENAMETOOLONG, ENOSYS, EAGAIN, 0, -1, 99999});
}

TEST_CASE("an error of the kernel's keeps its number and what was attempted", "[error]") {
  const Error error = fail_errno(ENOSPC, "create", "hits");
  CHECK(error.code == Code::full);
  CHECK(error.sys_errno == ENOSPC);
  CHECK(std::string(error.attempt) == "create");
  CHECK(std::string(error.object) == "hits");
  CHECK(error.why == nullptr);
  CHECK(std::string(error.advice).find("shmctl rm") != std::string::npos);
}

TEST_CASE("advice that is given goes before the kernel's", "[error]") {
  CHECK(std::string(fail_errno(ENOSPC, "create", "hits", "dig a hole").advice) == "dig a hole");
  CHECK(fail_errno(EIO, "create", "hits").advice == nullptr);
}

TEST_CASE("whatever a user can do something about has advice", "[error]") {
  for (const int number : {ENOSPC, EMFILE, ENFILE, ENOMEM, EROFS, EACCES, EPERM}) {
    INFO(std::strerror(number));
    CHECK(fail_errno(number, "open", "x").advice != nullptr);
  }
}

TEST_CASE("an object's name is cut to fit, and ends with NUL", "[error]") {
  for (const std::size_t length : {0U, 1U, 198U, 199U, 200U, 5000U}) {
    const std::string name(length, 'n');
    const Error error = fail(Code::busy, "lock", name, "somebody has it", "wait");
    CHECK(std::string(error.object) == name.substr(0, 199));
    CHECK(error.code == Code::busy);
    CHECK(error.sys_errno == 0);
    CHECK(std::string(error.why) == "somebody has it");
    CHECK(std::string(error.advice) == "wait");
  }
}
