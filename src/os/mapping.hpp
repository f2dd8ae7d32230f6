// A file's bytes in memory, shared with every process that maps them. The mapping ends with the object.
// Boost.Interprocess's mapped_region does the work; its exceptions stop here and become values. In a program that has
// no exceptions (SHMCTL_FREESTANDING) it is os/bare_region.hpp.
// Invariant: data() .. data()+size() is mapped as long as the Mapping lives; the file may still be cut behind it by
// whoever may write it, which os/bus_error.hpp turns into a clean end.
#pragma once
#include <cstddef>
#include <string_view>
#include "os/error.hpp"
#include "os/fd.hpp"
#ifdef SHMCTL_FREESTANDING
#include "os/bare_region.hpp"
#else
#include <boost/interprocess/mapped_region.hpp>
#endif

namespace shm::os {

enum class Access : std::uint8_t { read, write };

class Mapping {
 public:
  Mapping() = default;
  /// Maps bytes [0, size) of `file`, which must be that large; `object` names it in an error.
  static Result<Mapping> open(const Fd& file, std::size_t size, Access access, std::string_view object) noexcept;
  /// The same for a file of which mostly one page of several is used: the others are left until they are needed.
  static Result<Mapping> open_lazily(const Fd& file, std::size_t size, Access access, std::string_view object) noexcept;
  /// As open(), and keeps `reserve` bytes of address space, or as many as can be had, for what the file grows to;
  /// size() says how many. What lies behind the file's end must not be touched until it is there.
  static Result<Mapping> open_growing(const Fd& file, std::size_t size, std::size_t reserve, Access access,
                                      std::string_view object) noexcept;

  [[nodiscard]] std::byte* data() const noexcept { return static_cast<std::byte*>(region_.get_address()); }
  [[nodiscard]] std::size_t size() const noexcept { return region_.get_size(); }
#ifdef SHMCTL_FREESTANDING
  /// Leaves it to the end of the process, which is near.
  void leave_mapped() noexcept { region_.leave_mapped(); }
#endif

 private:
  static Result<Mapping> map(const Fd& file, std::size_t size, Access access, int options,
                             std::string_view object) noexcept;
#ifdef SHMCTL_FREESTANDING
  BareRegion region_;
#else
  boost::interprocess::mapped_region region_;
#endif
};

}  // namespace shm::os
