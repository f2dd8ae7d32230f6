#include "os/error.hpp"
#include <cerrno>

namespace shm::os {

namespace {
void copy_object(Error& error, std::string_view object) noexcept {
  const std::size_t room = sizeof error.object - 1;
  const std::size_t length = object.size() < room ? object.size() : room;
  for (std::size_t i = 0; i < length; ++i) {
    error.object[i] = object[i];
  }
  error.object[length] = '\0';
}

// Where the kernel's own words do not tell a user what to do next.
const char* advice_of_errno(long err) noexcept {
  switch (err) {
    case ENOSPC: return "free some space or inodes there, or remove objects with 'shmctl rm'";
    case EFBIG: return "raise the limit of file sizes (ulimit -f)";
    case EMFILE: return "raise the limit of open files (ulimit -n)";
    case ENFILE: return "the machine has no open files left";
    case ENOMEM: return "free some memory";
    case EROFS: return "the store is on a read-only file system; choose another with --store";
    case EACCES:
    case EPERM: return "ask the owner for another --mode, or run it as the owner";
    default: return nullptr;
  }
}
}  // namespace

Code code_of_errno(long err) noexcept {
  switch (err) {
    case ENOENT: return Code::absent;
    case EEXIST: return Code::exists;
    case EACCES:
    case EPERM:
    case EROFS: return Code::denied;
    case ELOOP:
    case EXDEV:
    case ENOTDIR:
    case EISDIR:
    case ENXIO: return Code::untrusted;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EFBIG: return Code::full;
    default: return Code::system;
  }
}

Error fail(Code code, const char* attempt, std::string_view object, const char* why, const char* advice) noexcept {
  Error error;
  error.code = code;
  error.attempt = attempt;
  error.why = why;
  error.advice = advice;
  copy_object(error, object);
  return error;
}

Error fail_errno(long err, const char* attempt, std::string_view object, const char* advice) noexcept {
  Error error = fail(code_of_errno(err), attempt, object, nullptr, advice != nullptr ? advice : advice_of_errno(err));
  error.sys_errno = static_cast<int>(err);
  return error;
}

}  // namespace shm::os
