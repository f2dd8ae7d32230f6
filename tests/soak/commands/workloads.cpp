#include "soak/commands/workload.hpp"

namespace soak {

const std::vector<Named>& workloads() {
  static const std::vector<Named> all = {
      {"counter", counting},
      {"objects that come and go", churning},
  };
  return all;
}

}  // namespace soak
