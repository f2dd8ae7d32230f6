#include "guard/trigger.hpp"
#include "os/process.hpp"

namespace shm::guard {

Trigger trigger_of(std::string_view said) noexcept {
  return Trigger(said.empty() ? os::name_of_process(os::parent_pid()).view() : said);
}

}  // namespace shm::guard
