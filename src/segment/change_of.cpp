#include "segment/change_of.hpp"
#include "segment/cell.hpp"
#include "segment/memory.hpp"

namespace shm::segment {

os::Result<std::uint64_t> change_of(const store::Store& store, std::string_view name) noexcept {
  const auto segment = Segment::open_anew(store, name, os::Access::read, Segment::one_page);
  if (!segment) {
    return std::unexpected(segment.error());
  }
  const auto id = [](std::uint64_t word) { return word >= store::least_change_id ? word : 0; };
  if (Cell::is_cell(segment->header())) {
    return id(load(reinterpret_cast<const CellWords*>(segment->payload())->tag));
  }
  if (segment->words() * sizeof(std::uint64_t) < sizeof(Control)) {
    return std::unexpected(os::fail(os::Code::corrupt, "open", name, "it is too short to be an object",
                                    "look at it, then 'shmctl rm' it"));
  }
  const auto& control = *reinterpret_cast<const Control*>(segment->payload());
  const std::uint64_t joined = id(load(control.joined));
  return joined != 0 ? joined : id(load(control.removed));  // of one made by it: there is no other then
}

}  // namespace shm::segment
