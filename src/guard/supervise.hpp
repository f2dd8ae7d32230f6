// Running a command under a job that is taken, until it is over: forwards signals, stops and goes on with it, ends it
// when its time is up, and gives the job back. For the main thread of a single-threaded program; it takes over the
// signals of that program.
#pragma once
#include <vector>
#include "guard/hold.hpp"

namespace shm::guard {

/// When the job is given back.
enum class Until : std::uint8_t {
  main,       ///< the command has ended
  tree,       ///< every descendant has ended
  kill_tree,  ///< the same, and what the command leaves behind is ended
};

struct Plan {
  char* const* words = nullptr;        ///< the command, then null
  char* const* environment = nullptr;  ///< the command's, then null
  Until until = Until::main;
  std::int64_t timeout_ns = -1;                 ///< -1: none
  std::int64_t kill_after_ns = 10'000'000'000;  ///< from asking the tree to end to killing it
};

struct Ended {
  int status = 0;  ///< as `run` passes it on: the command's own, 128+N, 124, 126, 127
  bool timed_out = false;
  int exec_errno = 0;  ///< not 0: the command could not be run
};

/// The job is given back, whatever comes of it. Code::full: there can be no more processes; nothing has run.
os::Result<Ended> supervise(Hold& hold, const Plan& plan) noexcept;

/// What SHMCTL_JOB, SHMCTL_TOKEN and SHMCTL_SLOT are for the command, beside `environment`; null at its end.
class Environment {
 public:
  Environment(char* const* environment, std::string_view job, const Hold& hold) noexcept;
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() = default;
  [[nodiscard]] char* const* get() const noexcept { return pointers_.data(); }

 private:
  os::Text<256> own_[3];
  std::vector<char*> pointers_;
};

}  // namespace shm::guard
