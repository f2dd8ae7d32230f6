#include "soak/commands/workload.hpp"

namespace soak {

const std::vector<Named>& workloads() {
  static const std::vector<Named> all = {
      {"counter", counting},
      {"text, appended to", appending},
      {"text, compared and set", comparing},
      {"texts of one's own", owning},
      {"queue, popped", popping},
      {"queue, taken and acknowledged", taking},
      {"list, changed everywhere", listing},
      {"dict, counted with", dict_counting},
      {"array, added to", summing},
      {"block, compared and set", swapping},
      {"things moved between objects", transferring, false},
      {"objects that come and go", churning, false},
  };
  return all;
}

}  // namespace soak
