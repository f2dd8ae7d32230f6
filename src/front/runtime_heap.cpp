// operator new and malloc for a program without a C library. Blocks are of powers of two, each with its class in front
// of it; what is given back goes onto the list of its class, so that a supervisor that lives for long does not grow.
// Larger ones are the kernel's own mappings. The first few kilobytes are part of the program, untouched until they are
// needed.
#include <sys/mman.h>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>
#include "front/heap.hpp"
#include "os/standard_streams.hpp"
#include "os/sys.hpp"

namespace {
using namespace shm;

struct alignas(16) Head {
  std::size_t sort = 0;  // the class; or of a mapping, its size
};
struct Free {
  Free* next;
};

constexpr std::size_t least_sort = 5;     // 32 bytes with its head
constexpr std::size_t largest_sort = 16;  // 64 KiB
constexpr std::size_t chunk = 128 * 1024;

alignas(16) char first_chunk[16 * 1024];
char* at = &first_chunk[0];
char* end = &first_chunk[sizeof first_chunk];
Free* lists[largest_sort + 1];
std::uint64_t count;

void* map(std::size_t size) noexcept {
  const long address = os::sys::call(SYS_mmap, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return address < 0 && address > -4096 ? nullptr : reinterpret_cast<void*>(address);
}

std::size_t sort_of(std::size_t size) noexcept {
  std::size_t sort = least_sort;
  while ((std::size_t{1} << sort) < size) {
    ++sort;
  }
  return sort;
}

std::size_t room_of(const Head& head) noexcept {
  return (head.sort <= largest_sort ? std::size_t{1} << head.sort : head.sort) - sizeof(Head);
}

void* allocate(std::size_t wanted) noexcept {
  ++count;
  const std::size_t size = wanted + sizeof(Head);
  if (size < wanted) {
    return nullptr;
  }
  if (size > std::size_t{1} << largest_sort) {
    const std::size_t whole = (size + 4095) / 4096 * 4096;
    auto* const head = static_cast<Head*>(map(whole));
    if (head == nullptr) {
      return nullptr;
    }
    head->sort = whole;
    return head + 1;
  }
  const std::size_t sort = sort_of(size);
  if (Free* const freed = lists[sort]; freed != nullptr) {
    lists[sort] = freed->next;
    return freed;
  }
  const std::size_t whole = std::size_t{1} << sort;
  if (static_cast<std::size_t>(end - at) < whole) {
    auto* const more = static_cast<char*>(map(chunk));
    if (more == nullptr) {
      return nullptr;
    }
    at = more;
    end = more + chunk;
  }
  auto* const head = new (at) Head{sort};
  at += whole;
  return head + 1;
}

void give_back(void* block) noexcept {
  if (block == nullptr) {
    return;
  }
  Head* const head = static_cast<Head*>(block) - 1;
  if (head->sort > largest_sort) {
    os::sys::call(SYS_munmap, head, head->sort);
    return;
  }
  Free*& list = lists[head->sort];
  list = new (block) Free{list};
}

[[noreturn]] void out_of_memory() noexcept {
  constexpr int status_full = 5;
  (void)os::write_to(os::Stream::error, "shmctl: go on: out of memory (free some memory, or raise ulimit -v)\n");
  for (;;) {
    os::sys::call(SYS_exit_group, status_full);
  }
}
}  // namespace

namespace shm::front {
std::uint64_t allocations() noexcept { return count; }
}  // namespace shm::front

extern "C" {
void* malloc(std::size_t size) { return allocate(size); }
void free(void* block) { give_back(block); }
void* realloc(void* block, std::size_t size) {
  if (block == nullptr) {
    return allocate(size);
  }
  const std::size_t room = room_of(static_cast<Head*>(block)[-1]);
  if (size <= room) {
    return block;
  }
  void* const larger = allocate(size);
  if (larger != nullptr) {
    __builtin_memcpy(larger, block, room);
    give_back(block);
  }
  return larger;
}
}

const std::nothrow_t std::nothrow{};

void* operator new(std::size_t size) {
  void* const block = allocate(size);
  if (block == nullptr) {
    out_of_memory();
  }
  return block;
}
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept { return allocate(size); }
void operator delete(void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t /*size*/) noexcept { give_back(block); }

// What the library's templates throw where there are exceptions: of these only a lack of memory can come about.
namespace std {
void __throw_out_of_range_fmt(const char* /*what*/, ...) { __builtin_trap(); }
void __throw_length_error(const char* /*what*/) { out_of_memory(); }
void __throw_bad_alloc() { out_of_memory(); }
void __throw_bad_array_new_length() { out_of_memory(); }
}  // namespace std
