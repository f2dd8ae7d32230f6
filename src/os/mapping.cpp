#include "os/mapping.hpp"
#include <sys/mman.h>
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

Result<Mapping> Mapping::open(const Fd& file, std::size_t size, Access access, std::string_view object) noexcept {
  const auto mode = access == Access::write ? bip::read_write : bip::read_only;
  const bip::map_options_t options = size <= populate_limit ? MAP_POPULATE : bip::default_map_options;
  try {
    Mapping mapping;
    bip::mapped_region region(Mappable{file.get()}, mode, 0, size, nullptr, options);
    mapping.region_.swap(region);
    return mapping;
  } catch (const bip::interprocess_exception& refused) {
    return std::unexpected(fail_errno(refused.get_native_error(), "map", object));
  }
}

}  // namespace shm::os
