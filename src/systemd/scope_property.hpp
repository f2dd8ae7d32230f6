// The properties that a scope may have: what a user writes (NAME=VALUE, as in a unit file) becomes what the manager's
// bus takes. Pure functions.
#pragma once
#include <string>
#include <variant>
#include <vector>
#include "os/error.hpp"

namespace shm::systemd {

struct DeviceLimit {
  std::string path;
  std::uint64_t limit = 0;
  bool operator==(const DeviceLimit&) const = default;
};

/// One of the types that these properties have on the bus: s, as, b, t, u, i, ay, a(st).
using Value = std::variant<std::string, std::vector<std::string>, bool, std::uint64_t, std::uint32_t, std::int32_t,
                           std::vector<std::uint8_t>, std::vector<DeviceLimit>>;

struct Property {
  std::string name;  ///< the bus's: a unit file's RuntimeMaxSec is RuntimeMaxUSec there
  Value value;
};

/// Code::usage where a scope has no property of that name, or it can't have that value.
os::Result<Property> read_property(std::string_view text);

}  // namespace shm::systemd
