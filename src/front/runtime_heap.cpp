// operator new and malloc for a program without a C library (heap.hpp), and what there is to say where memory has run
// out.
#include <cstddef>
#include <cstdlib>
#include <new>
#include "front/heap.hpp"
#include "os/standard_streams.hpp"
#include "os/sys.hpp"

namespace {
using namespace shm;

[[noreturn]] void out_of_memory() noexcept {
  constexpr int status_full = 5;
  (void)os::write_to(os::Stream::error, "shmctl: go on: out of memory (free some memory, or raise ulimit -v)\n");
  for (;;) {
    os::sys::call(SYS_exit_group, status_full);
  }
}
}  // namespace

// NOLINTBEGIN: it is the library that is made here, by its names
extern "C" {
void* malloc(std::size_t size) { return front::allocate(size); }
void free(void* block) { front::give_back(block); }
void* realloc(void* block, std::size_t size) { return front::resize(block, size); }
}

const std::nothrow_t std::nothrow{};

void* operator new(std::size_t size) {
  void* const block = front::allocate(size);
  if (block == nullptr) {
    out_of_memory();
  }
  return block;
}
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept { return front::allocate(size); }
void operator delete(void* block) noexcept { front::give_back(block); }
void operator delete(void* block, std::size_t /*size*/) noexcept { front::give_back(block); }

// What the library's templates throw where there are exceptions: of these only a lack of memory can come about.
namespace std {
void __throw_out_of_range_fmt(const char* /*what*/, ...) { __builtin_trap(); }
void __throw_length_error(const char* /*what*/) { out_of_memory(); }
void __throw_bad_alloc() { out_of_memory(); }
void __throw_bad_array_new_length() { out_of_memory(); }
}  // namespace std
// NOLINTEND
