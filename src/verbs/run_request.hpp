// What a call of `run` asks for, read from its options. Parsing opens nothing.
#pragma once
#include <optional>
#include <string>
#include <vector>
#include "cli/call.hpp"
#include "guard/acquire.hpp"
#include "guard/output.hpp"
#include "guard/supervise.hpp"
#include "hot/run_words.hpp"

namespace shm::verbs {

using hot::plain_want;
using hot::status_busy;

struct RunRequest {
  guard::Want want;
  guard::Plan plan;                ///< without the command's words and environment
  std::vector<char*> environment;  ///< the command's, but for what a run adds to it; empty: the caller's
  std::optional<guard::OutputPlan> output;
  bool join = false;                                ///< a run that is in the way (--on-busy join)
  std::int64_t join_deadline_ns = guard::for_ever;  ///< until when to wait for its end, by the monotonic clock
  bool forward = false;                             ///< one's words and input to a run that is in the way
  bool adopt = false;  ///< a run that a killed supervisor left behind is watched, and nothing else runs
  int busy_status = hot::status_busy;
};

/// What the options of a verb that takes job call.operands[0] say of how. Throws cli::Usage.
guard::Want read_want(const cli::Call& call);

/// Throws cli::Usage. What it points to is the call's.
RunRequest read_run_request(const cli::Call& call);

}  // namespace shm::verbs
