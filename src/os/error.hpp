// The one error value of the core. It holds what was attempted, on which object, why it failed and what to do, in
// fixed storage: making one allocates nothing. Any thread or process may make and read one.
// Invariant: attempt, why and advice point to string literals; object is NUL-terminated.
#pragma once
#include <cstdint>
#include <expected>
#include <string_view>

namespace shm::os {

/// What kind of failure it is. The exit status follows from it (cli/status.hpp), never from the text.
enum class Code : std::uint8_t {
  absent,      ///< nothing has that name
  exists,      ///< the name is taken
  lost,        ///< a compare did not match, a condition is false
  empty,       ///< there is nothing to take
  usage,       ///< the caller's words make no sense
  wrong_kind,  ///< the object is of another kind or type
  range,       ///< overflow, or outside the object's limits
  denied,      ///< the kernel refused (permissions, read-only file system)
  untrusted,   ///< owner, mode or file type is not what it must be
  corrupt,     ///< the content is not an object of this format
  full,        ///< no space, no memory, no descriptors, a limit
  limit,       ///< the object is as full as its maker lets it be
  busy,        ///< somebody else holds it
  timed_out,   ///< waited as long as allowed
  system,      ///< any other refusal of the kernel
};

struct Error {
  Code code = Code::system;
  int sys_errno = 0;             ///< 0: the failure did not come from the kernel
  const char* attempt = "";      ///< "open object"
  const char* why = nullptr;     ///< null: the text of sys_errno says it
  const char* advice = nullptr;  ///< what to do about it; may be null
  char object[200] = {};         ///< the name or path, cut to fit
};

template <class T>
using Result = std::expected<T, Error>;

/// A failure that shmctl itself found.
Error fail(Code code, const char* attempt, std::string_view object, const char* why,
           const char* advice = nullptr) noexcept;

/// A failure that the kernel reported; `err` is a positive errno and decides the code.
Error fail_errno(long err, const char* attempt, std::string_view object, const char* advice = nullptr) noexcept;

Code code_of_errno(long err) noexcept;

}  // namespace shm::os
