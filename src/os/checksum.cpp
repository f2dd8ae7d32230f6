#include "os/checksum.hpp"
#include <algorithm>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace shm::os {

namespace {
XXH3_state_t* state_in(std::byte* bytes) noexcept { return reinterpret_cast<XXH3_state_t*>(bytes); }
const XXH3_state_t* state_in(const std::byte* bytes) noexcept { return reinterpret_cast<const XXH3_state_t*>(bytes); }
}  // namespace

Checksum::Checksum() noexcept {
  static_assert(sizeof(XXH3_state_t) <= state_bytes && alignof(XXH3_state_t) <= alignof(Checksum));
  std::fill(std::begin(state_), std::end(state_), std::byte{0});
  XXH3_128bits_reset(state_in(&state_[0]));
}

void Checksum::add(std::span<const std::byte> bytes) noexcept {
  XXH3_128bits_update(state_in(&state_[0]), bytes.data(), bytes.size());
}

Text<33> Checksum::digits() const noexcept {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_in(&state_[0]));
  Text<33> digits;
  digits.add_hex(hash.high64).add_hex(hash.low64);
  return digits;
}

}  // namespace shm::os
