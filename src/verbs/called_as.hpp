// The other names that the program may have, by links: those of the programs that it stands in for, and
// those by which systemd calls it. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace shm::verbs {

/// The words that a call by the path `program` begins with: "flock" for /usr/local/bin/flock; none for any other name.
std::vector<std::string> called_as(std::string_view program);

}  // namespace shm::verbs
