// What a text value says of itself to ls and stat. Pure data.
#pragma once
#include <cstdint>
#include "os/text.hpp"

namespace shm::object {

enum class TextState : std::uint8_t {
  present,
  unfilled,  ///< absent: it was made, and has no content yet
  expired,   ///< absent: its time is over
};

struct TextDescription {
  TextState state = TextState::present;
  std::uint64_t length = 0;     ///< bytes
  os::Text<164> beginning;      ///< at most 40 characters of it; nothing if those are no UTF-8
  std::int64_t expires_ns = 0;  ///< since 1970, UTC, as it was reckoned when it was set; 0: never
};

}  // namespace shm::object
