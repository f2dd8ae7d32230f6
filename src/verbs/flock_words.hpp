// The words of `shmctl flock`, read as util-linux reads those of flock(1): options end at the first operand, long ones
// may be abbreviated. Pure, but for SHELL of the environment.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace shm::verbs {

/// Exit statuses, as <sysexits.h> has them.
inline constexpr int flock_usage = 64;
inline constexpr int flock_bad_data = 65;      ///< the descriptor or the file can't be locked
inline constexpr int flock_no_input = 66;      ///< the file can't be opened
inline constexpr int flock_not_runnable = 69;  ///< the command can't be run
inline constexpr int flock_system = 71;        ///< no memory, no descriptors, no processes
inline constexpr int flock_cant_create = 73;   ///< no space for the file
inline constexpr int flock_waits_for_itself = 75;

struct FlockWords {
  enum class Want : std::uint8_t { exclusive, shared, unlock };
  Want want = Want::exclusive;
  std::int64_t patience_ns = -1;  ///< 0: not at all; -1: as long as it takes
  int conflict_status = 1;
  bool close = false;
  bool fork = true;
  bool verbose = false;
  bool help = false;
  bool version = false;
  int descriptor = -1;               ///< to lock; -1: a file and a command
  std::string file;                  ///< or job
  std::vector<std::string> command;  ///< at least one word, with a file
  std::string wrong;                 ///< why they make no sense; empty: they do
};

FlockWords read_flock_words(const std::vector<std::string>& words);

}  // namespace shm::verbs
