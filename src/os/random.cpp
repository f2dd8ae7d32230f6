#include "os/random.hpp"
#include "os/sys.hpp"

namespace shm::os {

Result<std::uint64_t> random_id() noexcept {
  std::uint64_t id = 0;
  while (id == 0) {
    const long got = sys::retry(SYS_getrandom, &id, sizeof id, 0);
    if (got < 0) {
      return std::unexpected(fail_errno(-got, "get a random id", "from the kernel"));
    }
    if (got != sizeof id) {
      id = 0;
    }
  }
  return id;
}

}  // namespace shm::os
