#include "os/mapping.hpp"
#include <sys/mman.h>
#include <algorithm>
#ifndef SHMCTL_FREESTANDING
#include <boost/interprocess/exceptions.hpp>
#endif

namespace shm::os {

namespace {
// One page is read anyway: having it in place at once saves the page fault.
constexpr std::size_t populate_limit = 16384;
constexpr std::size_t first_page = 4096;
constexpr int no_options = 0;
#ifdef SHMCTL_FREESTANDING
constexpr long one_page = 4096;  // the kernel's errors are the addresses of the last one
#endif
}  // namespace

#ifdef SHMCTL_FREESTANDING
Result<Mapping> Mapping::map(const Fd& file, std::size_t size, Access access, int options,
                             std::string_view object) noexcept {
  const int protection = access == Access::write ? PROT_READ | PROT_WRITE : PROT_READ;
  const long address = sys::call(SYS_mmap, 0, size, protection, MAP_SHARED | options, file.get(), 0);
  if (address < 0 && address > -one_page) {
    return std::unexpected(fail_errno(-address, "map", object));
  }
  Mapping mapping;
  mapping.region_ = BareRegion(reinterpret_cast<void*>(address), size);
  return mapping;
}
#else
namespace {
namespace bip = boost::interprocess;

// What mapped_region asks of a mappable object.
struct Mappable {
  int number;
  [[nodiscard]] bip::mapping_handle_t get_mapping_handle() const noexcept {
    return bip::ipcdetail::mapping_handle_from_file_handle(number);
  }
};
}  // namespace

Result<Mapping> Mapping::map(const Fd& file, std::size_t size, Access access, int options,
                             std::string_view object) noexcept {
  const auto mode = access == Access::write ? bip::read_write : bip::read_only;
  sys::tell(SYS_mmap, 0, size, 0, MAP_SHARED | options, file.get());
  try {
    Mapping mapping;
    bip::mapped_region region(Mappable{file.get()}, mode, 0, size, nullptr,
                              options == no_options ? bip::default_map_options : options);
    mapping.region_.swap(region);
    return mapping;
  } catch (const bip::interprocess_exception& refused) {
    return std::unexpected(fail_errno(refused.get_native_error(), "map", object));
  }
}
#endif

Result<Mapping> Mapping::open(const Fd& file, std::size_t size, Access access, std::string_view object) noexcept {
  return map(file, size, access, size <= populate_limit ? MAP_POPULATE : no_options, object);
}

Result<Mapping> Mapping::open_lazily(const Fd& file, std::size_t size, Access access,
                                     std::string_view object) noexcept {
  return map(file, size, access, no_options, object);
}

Result<Mapping> Mapping::open_growing(const Fd& file, std::size_t size, std::size_t reserve, Access access,
                                      std::string_view object) noexcept {
  for (;;) {  // a limit of the address space (ulimit -v) leaves room for less; valgrind, too, and calls it EINVAL
    auto mapping = map(file, std::max(size, reserve), access, MAP_NORESERVE, object);
    if (mapping) {
      const auto advice = access == Access::write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;
      // Only saves page faults: of all of a small file; of a larger one only its first page is sure to be used.
      sys::call(SYS_madvise, mapping->data(), size <= populate_limit ? size : first_page, advice);
      return mapping;
    }
    const int why = mapping.error().sys_errno;
    if ((why != ENOMEM && why != EINVAL) || reserve <= size) {
      return mapping;
    }
    reserve /= 16;
  }
}

}  // namespace shm::os
