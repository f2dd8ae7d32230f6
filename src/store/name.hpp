// What may be a name: `[A-Za-z0-9_][A-Za-z0-9._:@-]{0,127}`. A name can't be a path, an option, a hidden file or one of
// the store's own files, which all have a comma or a plus. Pure functions.
#pragma once
#include "os/error.hpp"
#include "os/text.hpp"

namespace shm::store {

inline constexpr std::size_t max_name = 128;                   ///< bytes
inline constexpr std::size_t max_name_storage = max_name + 1;  ///< with the NUL

bool valid_name(std::string_view name) noexcept;
/// Code::usage, with what a name may be, unless the name is valid.
os::Result<void> check_name(std::string_view name) noexcept;

/// The lock file of the object `name` whose header carries `id`: both carry the same id, so whoever opened one before
/// and the other after a removal and a new creation can't pair them.
os::FileName lock_name(std::string_view name, std::uint64_t id) noexcept;

}  // namespace shm::store
