// The number that the floor programs add to: the first eight bytes of a file, shared memory. For those programs only.
#pragma once
#include <linux/mman.h>
#include "system.hpp"

namespace floor_of {

/// Adds one to the number in the file of that name; returns what it was. Ends the program where that can't be done.
inline long add_one(const char* path) {
  const long file = open_file(path, O_RDWR | O_CLOEXEC);
  if (file < 0) {
    exit_with(3);
  }
  const long memory = call(__NR_mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
  if (memory < 0) {
    exit_with(4);
  }
  return __atomic_fetch_add(reinterpret_cast<long*>(memory), 1, __ATOMIC_SEQ_CST);
}

}  // namespace floor_of
