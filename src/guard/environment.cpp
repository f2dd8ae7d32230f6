#include "guard/environment.hpp"

namespace shm::guard {

namespace {
bool is_own(const char* variable) noexcept {
  return os::begins_with(variable, "SHMCTL_JOB=") || os::begins_with(variable, "SHMCTL_TOKEN=") ||
         os::begins_with(variable, "SHMCTL_SLOT=");
}
}  // namespace

Environment::Environment(char* const* environment, std::string_view job, const Hold& hold) noexcept {
  std::size_t count = std::size(own_) + 1;
  for (char* const* variable = environment; *variable != nullptr; ++variable) {
    ++count;
  }
  pointers_.reserve(count);
  for (; *environment != nullptr; ++environment) {
    if (!is_own(*environment)) {
      pointers_.push_back(*environment);
    }
  }
  own_[0].add("SHMCTL_JOB=").add(job);
  own_[1].add("SHMCTL_TOKEN=").add_decimal(hold.token());
  const std::size_t own = hold.mode() == Mode::slot ? 3 : 2;
  if (own == 3) {
    own_[2].add("SHMCTL_SLOT=").add_decimal(hold.slot());
  }
  for (std::size_t i = 0; i < own; ++i) {
    pointers_.push_back(const_cast<char*>(own_[i].c_str()));
  }
  pointers_.push_back(nullptr);
}

}  // namespace shm::guard
