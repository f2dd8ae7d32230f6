#include "os/mapping.hpp"
#include <sys/mman.h>
#include <algorithm>
#include <boost/interprocess/exceptions.hpp>

namespace shm::os {

namespace {
namespace bip = boost::interprocess;

// What mapped_region asks of a mappable object.
struct Mappable {
  int number;
  [[nodiscard]] bip::mapping_handle_t get_mapping_handle() const noexcept {
    return bip::ipcdetail::mapping_handle_from_file_handle(number);
  }
};

// One page is read anyway: having it in place at once saves the page fault.
constexpr std::size_t populate_limit = 16384;
}  // namespace

Result<Mapping> Mapping::map(const Fd& file, std::size_t size, Access access, int options,
                             std::string_view object) noexcept {
  const auto mode = access == Access::write ? bip::read_write : bip::read_only;
  try {
    Mapping mapping;
    bip::mapped_region region(Mappable{file.get()}, mode, 0, size, nullptr, options);
    mapping.region_.swap(region);
    return mapping;
  } catch (const bip::interprocess_exception& refused) {
    return std::unexpected(fail_errno(refused.get_native_error(), "map", object));
  }
}

Result<Mapping> Mapping::open(const Fd& file, std::size_t size, Access access, std::string_view object) noexcept {
  return map(file, size, access, size <= populate_limit ? MAP_POPULATE : bip::default_map_options, object);
}

Result<Mapping> Mapping::open_growing(const Fd& file, std::size_t size, std::size_t reserve, Access access,
                                      std::string_view object) noexcept {
  for (;;) {  // a limit of the address space (ulimit -v) leaves room for less
    auto mapping = map(file, std::max(size, reserve), access, MAP_NORESERVE, object);
    if (mapping) {
      const auto advice = access == Access::write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;
      sys::call(SYS_madvise, mapping->data(), std::min(size, populate_limit), advice);  // only saves page faults
      return mapping;
    }
    if (mapping.error().sys_errno != ENOMEM || reserve <= size) {
      return mapping;
    }
    reserve /= 16;
  }
}

}  // namespace shm::os
