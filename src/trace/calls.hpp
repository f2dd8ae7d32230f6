// The table of system calls that shmctl makes: name, where the file stands among the arguments, what the call is for.
#pragma once
#include <string_view>

namespace shm::trace {

/// Which of the arguments say what the call is about.
enum class Shape : unsigned char {
  nothing,
  file,     ///< a: a descriptor
  at,       ///< a, b: a directory and a name in it; an empty one means the directory's descriptor itself
  to,       ///< c, d: likewise, the new name
  path,     ///< a: a path
  mapped,   ///< e: a descriptor, or -1
  address,  ///< b: the address of a socket
};

struct Call {
  long number;
  const char* name;
  Shape shape;
  const char* purpose;  ///< '@' stands for the thing that it is about
};

/// Never null: for a call that is not in the table a row without a name.
const Call& call_of(long number) noexcept;
/// Where its arguments or what it is about tell more than the number; else the row's.
std::string_view purpose_of(const Call& call, const long* words, std::string_view about) noexcept;

}  // namespace shm::trace
