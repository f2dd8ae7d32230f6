// What to do about a name that is not there, as --existing and --new say. Pure.
#pragma once
#include <cstdint>
#include "hot/words.hpp"

namespace shm::hot {

enum class Creation : std::uint8_t { either, existing, fresh };

inline constexpr std::string_view both_said = "--existing and --new exclude each other";

/// Nothing for words that say both.
inline std::optional<Creation> creation_of(const Words& words) noexcept {
  const bool existing = words.has("existing");
  const bool fresh = words.has("new");
  if (existing && fresh) {
    return std::nullopt;
  }
  return existing ? Creation::existing : fresh ? Creation::fresh : Creation::either;
}

}  // namespace shm::hot
