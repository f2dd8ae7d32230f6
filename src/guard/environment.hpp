// The environment of a job's command. It must outlive the run; one thread.
#pragma once
#include <vector>
#include "guard/hold.hpp"

namespace shm::guard {

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
