#include "guard/why.hpp"

namespace shm::guard {

std::string_view name_of(Why why) noexcept {
  switch (why) {
    case Why::held: break;
    case Why::timed_out: return "timed-out";
    case Why::nested: return "nested";
    case Why::displaced: return "displaced";
    case Why::paused: return "paused";
    case Why::too_soon: return "too-soon";
    case Why::too_late: return "too-late";
    case Why::occupied: return "occupied";
  }
  return "busy";
}

}  // namespace shm::guard
