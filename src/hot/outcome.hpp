// The one word for how a call of run came out: in its report for programs, its alert, and the journal. Pure.
#pragma once
#include <string_view>
#include "guard/acquire.hpp"
#include "guard/ended.hpp"

namespace shm::hot {

/// "succeeded", "failed", or what else has ended the command.
std::string_view outcome_of(const guard::Ended& ended) noexcept;
/// "busy", whoever has the job and however long it was waited for; or what else was in the way.
std::string_view outcome_of(guard::Why why) noexcept;

}  // namespace shm::hot
