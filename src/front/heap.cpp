#include "front/heap.hpp"
#include <sys/mman.h>
#include <new>
#include "os/sys.hpp"

namespace shm::front {

namespace {
struct alignas(16) Head {
  std::size_t sort = 0;  // the class; or of a mapping, its size
};
struct Free {
  Free* next;
};

constexpr std::size_t least_sort = 5;     // 32 bytes with its head
constexpr std::size_t largest_sort = 16;  // 64 KiB
constexpr std::size_t chunk = 131'072;
constexpr std::size_t page = 4096;

alignas(16) char first_chunk[16 * 1024];
char* at;  // null: nothing is given out yet. Not set beforehand: data that is would be a page to copy at each start
char* end;
Free* lists[largest_sort + 1];
std::uint64_t count;

void* map(std::size_t size) noexcept {
  const long address = os::sys::call(SYS_mmap, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): that is how the kernel says it
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

}  // namespace

std::uint64_t allocations() noexcept { return count; }

void* allocate(std::size_t size) noexcept {
  ++count;
  const std::size_t needed = size + sizeof(Head);
  if (needed > std::size_t{1} << largest_sort || needed < size) {
    const std::size_t whole = (needed + page - 1) / page * page;
    if (whole < size) {
      return nullptr;
    }
    auto* const head = static_cast<Head*>(map(whole));
    if (head == nullptr) {
      return nullptr;
    }
    head->sort = whole;
    return head + 1;
  }
  const std::size_t sort = sort_of(needed);
  if (Free* const freed = lists[sort]; freed != nullptr) {
    lists[sort] = freed->next;
    return freed;
  }
  const std::size_t whole = std::size_t{1} << sort;
  if (at == nullptr) {
    at = &first_chunk[0];
    end = at + sizeof first_chunk;
  }
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

void* resize(void* block, std::size_t size) noexcept {
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

}  // namespace shm::front
