// Where a text value keeps what: for the files text_value*.cpp alone.
// Invariant: `length` bytes of content stand at the beginning of `block`; without content there is no block.
#pragma once
#include "object/expiry.hpp"
#include "object/text_description.hpp"
#include "segment/reader.hpp"

namespace shm::object::text {

/// Root words; part of the format.
enum Root : std::uint8_t {
  block,
  length,
  present,  ///< 1 once it has had content
  expires_boottime,
  expires_boot,
  expires_realtime,
};

inline Expiry expiry(const segment::Reader& reader) noexcept {
  return {static_cast<std::int64_t>(reader.get_root(expires_boottime)), reader.get_root(expires_boot),
          static_cast<std::int64_t>(reader.get_root(expires_realtime))};
}

inline TextState state_of(const segment::Reader& reader) noexcept {
  return reader.get_root(present) == 0 ? TextState::unfilled
         : expiry(reader).over()       ? TextState::expired
                                       : TextState::present;
}

inline os::Error no_memory(std::string_view name) noexcept {
  return os::fail(os::Code::full, "read value", name, "there is not enough memory for a copy of it");
}

}  // namespace shm::object::text
