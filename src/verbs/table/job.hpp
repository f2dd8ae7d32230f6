// The table of verbs: those of jobs. Only table.cpp includes this.
#pragma once
#include "verbs/jobs.hpp"
#include "verbs/run.hpp"
#include "verbs/table/common.hpp"
#include "verbs/who.hpp"

namespace shm::verbs::table::of_job {

inline constexpr Operand job[] = {{"NAME", Complete::job, false, false}};
inline constexpr Operand job_command[] = {{"NAME", Complete::job, false, false},
                                          {"COMMAND", Complete::command, false, true}};
inline constexpr Option running[] = {
    {'\0', "on-busy", "POLICY", "What to do when the job runs already", Complete::choice, "skip|wait|queue"},
    {'w', "wait", "TIME", "Wait up to TIME for the job to be free, then give up with status 75", {}, {}},
    {'\0', "keep", "WHICH", "With --on-busy queue: which of two waiters stays; newest if not said", Complete::choice,
     "newest|oldest"},
    {'\0', "once-per", "TIME", "Run only if no run has begun within TIME; else status 75", {}, {}},
    {'\0', "start-deadline", "TIME", "Begin within TIME of this call or not at all; else status 75", {}, {}},
    {'\0', "jitter", "TIME", "First sleep for a part of TIME, by chance", {}, {}},
    {'\0', "min-hold", "TIME", "Hold the job for TIME at least, though the command may have ended", {}, {}},
    {'\0', "busy-status", "N", "Exit with N, 0 to 254, instead of 75 when the job is busy", {}, {}},
    {'\0', "timeout", "TIME", "End the command and all that came of it after TIME; status 124", {}, {}},
    {'\0', "kill-after", "TIME", "How long after TERM comes KILL; 10s if not said", {}, {}},
    {'s', "shared", "", "Run beside others that say --shared", {}, {}},
    {'\0', "slots", "N", "Let up to N run at once, each with a number in SHMCTL_SLOT", {}, {}},
    {'\0', "hold", "SCOPE", "What must have ended before the job is free", Complete::choice, "main|tree|kill-tree"},
};

inline constexpr Verb verbs[] = {
    {"", "jobs", "shmctl-jobs", "List jobs: what each does, since when, and how it went", glob, {}, jobs},
    {"", "run", "shmctl-run", "Run a command unless the job of that name runs already", job_command, running, run,
     true},
    {"", "who", "shmctl-run", "Show who holds a job, since when, and who waits", job, {}, who},
};

}  // namespace shm::verbs::table::of_job
