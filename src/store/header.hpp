// The first 128 bytes of every object's file: what it is and how large. Written once, before the file has a name, and
// never changed. Read by copying it and checking the copy, for the file may be anybody's.
// Invariants: all fields are of fixed width, in the maker's byte order, which `endian` shows; `check` covers all
// others.
#pragma once
#include <cstddef>
#include <span>
#include "os/error.hpp"

namespace shm::store {

inline constexpr std::uint32_t format_version = 1;
inline constexpr std::size_t config_words = 9;

/// Kind numbers are part of the format: never reuse one. What they mean is for the layers above.
struct Header {
  char magic[8];                       ///< "shmctl\n\0"
  std::uint32_t version;               ///< format_version
  std::uint32_t endian;                ///< endian_mark
  std::uint16_t kind;                  ///< never 0
  std::uint16_t type;                  ///< the type of a value, 0 for a kind that has only one
  std::uint32_t payload_offset;        ///< bytes from the start of the file
  std::uint64_t payload_size;          ///< bytes
  std::uint64_t id;                    ///< random; the lock file beside the object has it in its name
  std::int64_t created_ns;             ///< since 1970, UTC
  std::uint64_t config[config_words];  ///< what the object was created with; the kind says what it means
  std::uint64_t check;                 ///< checksum() of all before
};
static_assert(sizeof(Header) == 128 && offsetof(Header, check) == 120,
              "the header's layout is on disk: raise format_version and read the old layout too");

inline constexpr std::uint32_t endian_mark = 0x01020304;
inline constexpr std::uint32_t first_payload_offset = sizeof(Header);

/// A header that only lacks kind, type, payload_size and config.
Header new_header(std::uint64_t id, std::int64_t created_ns) noexcept;
std::uint64_t checksum(const Header& header) noexcept;
/// Copies the header from `bytes` (as much of the file as was read) and checks it against the file's size.
/// Code::corrupt; `object` names it in the error.
os::Result<Header> read_header(std::span<const std::byte> bytes, std::uint64_t file_size,
                               std::string_view object) noexcept;

}  // namespace shm::store
