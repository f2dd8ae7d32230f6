#include "verbs/logs.hpp"
#include "verbs/full.hpp"

namespace shm::verbs {

int logs(cli::Call& call) { return need_full(call).logs(call); }

}  // namespace shm::verbs
