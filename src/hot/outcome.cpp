#include "hot/outcome.hpp"

namespace shm::hot {

std::string_view outcome_of(const guard::Ended& ended) noexcept {
  return ended.ending != guard::Ending::exited ? guard::name_of(ended.ending)
         : ended.status == 0                   ? "succeeded"
                                               : "failed";
}

std::string_view outcome_of(guard::Why why) noexcept {
  using guard::Why;
  return why == Why::timed_out || why == Why::occupied ? guard::name_of(Why::held) : guard::name_of(why);
}

}  // namespace shm::hot
