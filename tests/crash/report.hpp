// What the harness has done and what it has found. For the harness alone.
#pragma once
#include <cstdint>
#include <string>
#include "os/error.hpp"

namespace crash {

struct Figures {
  std::uint64_t instructions = 0;  ///< stepped
  std::uint64_t states = 0;        ///< checked
  std::uint64_t recoveries = 0;    ///< interrupted
  std::uint64_t races = 0;         ///< of readers with changes
  std::uint64_t failures = 0;
};
extern Figures figures;

/// Where it is, for the report of a failure: "raw/twice", ...
extern std::string where;
/// End at the first failure.
extern bool first_only;

void failure(const std::string& what);
/// Thrown by give_up(), so that no directory is left behind.
struct GivenUp {};
/// The harness itself can't go on: status 2.
[[noreturn]] void give_up(const std::string& what);
std::string text(const shm::os::Error& error);

}  // namespace crash
