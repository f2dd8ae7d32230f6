#include "segment/segment.hpp"
#include <fcntl.h>
#include "os/short_life.hpp"
#include "segment/workspace.hpp"

namespace shm::segment {

os::Result<Segment> Segment::open(const store::Store& store, std::string_view name, os::Access access,
                                  std::size_t most) noexcept {
  auto* workspace = Workspace::active();
  return workspace != nullptr && most == one_page ? workspace->segment(store, name, access)
                                                  : open_anew(store, name, access, most);
}

os::Result<Segment> Segment::open_anew(const store::Store& store, std::string_view name, os::Access access,
                                       std::size_t most) noexcept {
  auto object = store::open_object(store, name, access == os::Access::write ? O_RDWR : O_RDONLY);
  if (!object) {
    return std::unexpected(object.error());
  }
  Segment segment;
  segment.store_ = &store;
  segment.writable_ = access == os::Access::write;
  segment.info_ = object->info;
  segment.name_.add(name);
  const std::uint64_t size = object->info.size < most ? object->info.size : most;
  if (size < sizeof(store::Header)) {  // an empty mapping is refused by the kernel with an error that says nothing
    return std::unexpected(store::read_header({}, size, name).error());
  }
  auto mapping = os::Mapping::open(object->file, size, access, name);
  if (!mapping) {
    return std::unexpected(mapping.error());
  }
  segment.mapping_ = std::move(*mapping);
  if (os::leave_to_the_end()) {
    object->file.release();
  }
  const auto header = store::read_header({segment.mapping_.data(), size}, object->info.size, name);
  if (!header) {
    return std::unexpected(header.error());
  }
  if (header->payload_offset > size || header->payload_offset % sizeof(std::uint64_t) != 0) {
    return std::unexpected(
        os::fail(os::Code::corrupt, "open", name, "the object's header is damaged", "look at it, then 'shmctl rm' it"));
  }
  segment.header_ = *header;
  return segment;
}

}  // namespace shm::segment
