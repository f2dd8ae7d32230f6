// The table of verbs: those of jobs. Only table.cpp includes this.
#pragma once
#include "verbs/attach.hpp"
#include "verbs/flock.hpp"
#include "verbs/generator.hpp"
#include "verbs/history.hpp"
#include "verbs/inbox.hpp"
#include "verbs/jobs.hpp"
#include "verbs/lock.hpp"
#include "verbs/logs.hpp"
#include "verbs/pause.hpp"
#include "verbs/run.hpp"
#include "verbs/run_one.hpp"
#include "verbs/stop.hpp"
#include "verbs/table/common.hpp"
#include "verbs/token.hpp"
#include "verbs/who.hpp"

namespace shm::verbs::table::of_job {

inline constexpr Operand job[] = {{"NAME", Complete::job, false, false}};
inline constexpr Operand job_command[] = {{"NAME", Complete::job, false, false},
                                          {"COMMAND", Complete::command, false, true}};
inline constexpr Option running[] = {
    {'\0', "on-busy", "POLICY", "What to do when the job runs already", Complete::choice,
     "skip|wait|queue|replace|join|forward"},
    {'w', "wait", "TIME", "Wait up to TIME for the job to be free, then give up with status 75", {}, {}},
    {'\0', "keep", "WHICH", "With --on-busy queue: which of two waiters stays; newest if not said", Complete::choice,
     "newest|oldest"},
    {'\0', "once-per", "TIME", "Run only if no run has begun within TIME; else status 75", {}, {}},
    {'\0', "start-deadline", "TIME", "Begin within TIME of this call or not at all; else status 75", {}, {}},
    {'\0', "jitter", "TIME", "First sleep for a part of TIME, by chance", {}, {}},
    {'\0', "min-hold", "TIME", "Hold the job for TIME at least, though the command may have ended", {}, {}},
    {'\0', "kill-older", "TIME", "End a run that has lasted longer than TIME, and take its place", {}, {}},
    {'\0', "via", "WHAT", "What holds the job: the command with a lock, or this process alone; lock if not said",
     Complete::choice, "lock|socket"},
    {'\0',
     "conf",
     "FILE",
     "Do as FILE says, which is that of a job: options, and NAME and COMMAND if none is said",
     Complete::file,
     {}},
    {'\0', "explain", "", "Say what this call would do now, and why; run, make and count nothing", {}, {}},
    {'\0', "busy-status", "N", "Exit with N, 0 to 254, instead of 75 when the job is busy", {}, {}},
    {'\0', "timeout", "TIME", "End the command and all that came of it after TIME; status 124", {}, {}},
    {'\0', "kill-after", "TIME", "How long after TERM comes KILL; 10s if not said", {}, {}},
    {'s', "shared", "", "Run beside others that say --shared", {}, {}},
    {'\0', "slots", "N", "Let up to N run at once, each with a number in SHMCTL_SLOT", {}, {}},
    {'\0', "hold", "SCOPE", "What must have ended before the job is free", Complete::choice, "main|tree|kill-tree"},
    {'\0', "adopt", "", "Where a killed supervisor left the command running, watch that instead", {}, {}},
    {'\0', "retries", "N", "Run the command up to N more times, until its status is 0", {}, {}},
    {'\0', "backoff", "TIME[..TIME]", "How long to wait between tries, at first and at most; else 1s..1m", {}, {}},
    {'\0', "nice", "N", "Add N to the command's nice value", {}, {}},
    {'\0', "ionice", "CLASS[:LEVEL]", "The command's I/O priority: idle, best-effort or realtime", {}, {}},
    {'\0', "cd", "DIR", "Run the command in directory DIR", Complete::directory, {}},
    {'\0', "env", "NAME=VALUE", "Set a variable of the command's environment; may be said several times", {}, {}},
    {'\0', "unset-env", "NAME", "Take a variable out of the command's environment; likewise", {}, {}},
    {'\0', "status-fd", "N", "Write one line of JSON about the outcome to descriptor N", {}, {}},
    {'\0', "status-file", "FILE", "The same, in place of what FILE held", Complete::file, {}},
    {'\0', "journal", "WHICH", "Which outcomes are written to the system's journal; all if not said", Complete::choice,
     "all|failures|none"},
    {'\0', "alert", "LINE", "Run LINE by sh when a run has failed or a call was refused", {}, {}},
    {'\0', "alert-after", "N", "But only after N of them in a row, and after each further N", {}, {}},
    {'\0', "umask", "MODE", "Run the command with that umask, octal", {}, {}},
    {'\0', "trigger", "TEXT", "What started this run, for its history; else the calling process's name", {}, {}},
    {'\0', "output", "", "With --on-busy join: show the output of the run that is joined, from its start", {}, {}},
    {'\0', "attachable", "", "Keep the command's output, so that others can look at it by attach", {}, {}},
    {'\0', "quiet-unless-failed", "", "Show the command's output only when it fails, and then all of it", {}, {}},
    {'\0', "tail", "N", "With --quiet-unless-failed: show only the last N lines", {}, {}},
    {'\0', "log", "FILE", "Append the command's output to FILE too", Complete::file, {}},
    {'\0', "log-size", "SIZE", "Put the log aside as FILE.1 when it would grow beyond SIZE, such as 10M", {}, {}},
    {'\0', "log-keep", "N", "How many old logs to keep, FILE.1 to FILE.N; 5 if not said", {}, {}},
    {'\0', "log-time", "", "Begin each line of the log with the time", {}, {}},
    {'\0', "notify", "WHEN", "When a service manager is told that its unit is ready; started if not said",
     Complete::choice, "started|command|none"},
    {'\0', "scope", "", "Run in a scope of the service manager's, which counts and limits what it uses", {}, {}},
    {'\0', "property", "NAME=VALUE", "With --scope: a property of it, such as MemoryMax=1G; any number", {}, {}},
    {'\0', "slice", "NAME", "With --scope: the slice that it belongs to", {}, {}},
};

inline constexpr Operand flocked[] = {{"FILE|JOB|DESCRIPTOR", Complete::file, true, false},
                                      {"COMMAND", Complete::command, true, true}};
inline constexpr Option flocking[] = {
    {'s', "shared", "", "Get a shared lock", {}, {}},
    {'x', "exclusive", "", "Get an exclusive lock; so it is without options", {}, {}},
    {'u', "unlock", "", "Remove a lock", {}, {}},
    {'n', "nonblock", "", "Fail rather than wait", {}, {}},
    {'w', "timeout", "SECONDS", "Wait for so long at most", {}, {}},
    {'E', "conflict-exit-code", "N", "Exit with N, not 1, when the lock can't be had", {}, {}},
    {'o', "close", "", "Keep the lock from the command", {}, {}},
    {'c', "command", "LINE", "Behind FILE or JOB: run LINE by the shell", {}, {}},
    {'F', "no-fork", "", "Become the command instead of waiting for it", {}, {}},
    {'\0', "verbose", "", "Say how long it took to get the lock, or why it could not be had", {}, {}},
};
inline constexpr Operand one_command[] = {{"COMMAND", Complete::command, false, true}};
inline constexpr Option running_one[] = {
    {'\0', "on-busy", "POLICY", "What to do when the same command runs already", Complete::choice,
     "skip|wait|replace|join"},
    {'w', "wait", "TIME", "Wait up to TIME for its end, then give up with status 75", {}, {}},
    {'\0', "repeat", "WHEN", "Run the command again and again", Complete::choice, "always|until-success|until-failure"},
    {'\0', "timeout", "TIME", "End the command and all that came of it after TIME; status 124", {}, {}},
    {'\0', "kill-after", "TIME", "How long after TERM comes KILL; 10s if not said", {}, {}},
    {'\0', "hold", "SCOPE", "What must have ended before it may run again", Complete::choice, "main|tree|kill-tree"},
    {'\0', "busy-status", "N", "Exit with N, 0 to 254, instead of 75 when it runs already", {}, {}},
};
inline constexpr Operand signalled[] = {{"NAME", Complete::job, false, false}, {"SIGNAL", {}, false, false}};
inline constexpr Option stopping[] = {
    {'\0', "kill-after", "TIME", "How long after TERM comes KILL; if not said, as the run was told, or 10s", {}, {}},
    {'\0', "timeout", "TIME", "Wait up to TIME for the end, then give up with status 124", {}, {}},
};
inline constexpr Operand unlocked[] = {{"NAME", Complete::job, true, false}};
inline constexpr Option locking[] = {
    {'\0', "path", "", "Print where the job's lock file is, made if need be; take nothing", {}, {}},
    {'\0', "fd", "N", "Take the job by descriptor N, which is open on its lock file", {}, {}},
    {'s', "shared", "", "Beside others that say --shared", {}, {}},
    {'w', "wait", "TIME", "Wait up to TIME for the job to be free, then give up with status 75", {}, {}},
};
inline constexpr Option unlocking[] = {
    {'\0', "fd", "N", "Give up the job that is held by descriptor N", {}, {}},
};

inline constexpr Option looking_back[] = {
    {'\0', "count", "N", "Only the newest N", {}, {}},
    {'\0', "skips", "", "Show the calls that were refused, not the runs", {}, {}},
};
inline constexpr Option pausing[] = {
    {'\0', "until", "TIME", "Until that moment: 18:30, 2026-11-21 18:30 or @SECONDS", {}, {}},
    {'\0', "for", "TIME", "For that long: 30m, 2h, 1d", {}, {}},
    {'\0', "reason", "TEXT", "Why, for whoever asks", {}, {}},
};
inline constexpr Operand token_of[] = {{"get|check", Complete::choice, false, false},
                                       {"NAME", Complete::job, false, false},
                                       {"TOKEN", Complete::nothing, true, false}};

inline constexpr Option attaching[] = {
    {'\0', "from-start", "", "Show all that it has printed since its start", {}, {}},
    {'\0', "new", "", "Show only what it prints from now on", {}, {}},
    {'\0', "tail", "N", "Show its last N lines first; 10 if nothing is said", {}, {}},
    {'\0', "status", "", "Exit with the command's status, not with 0, when it has ended", {}, {}},
    {'\0', "token", "N", "Which run, where several share the job; the newest if not said", {}, {}},
};

inline constexpr Operand inbox_command[] = {{"NAME", Complete::job, false, false},
                                            {"COMMAND", Complete::command, true, true}};
inline constexpr Option reading[] = {
    {'w', "wait", "TIME", "Wait up to TIME for a message", {}, {}},
};

inline constexpr Operand logged[] = {{"NAME|GLOB", Complete::job, true, false}};
inline constexpr Option reading_logs[] = {
    {'\0', "count", "N", "Only the newest N entries", {}, {}},
    {'\0',
     "since",
     "TIME",
     "Only what is newer than TIME: 18:30, 2026-11-21 18:30, @SECONDS, or 2h for two hours ago",
     {},
     {}},
    {'\0', "until", "TIME", "Only what is older than TIME", {}, {}},
    {'f', "follow", "", "Show the newest 10 entries, then go on with those that come", {}, {}},
    {'\0', "outcome", "WORD", "Only entries of that outcome, of all failures, or of all skips", Complete::choice,
     "succeeded|failed|signal|timeout|stopped|not-runnable|lost|busy|nested|displaced|paused|too-soon|too-late|joined|"
     "forwarded|error|failures|skips"},
    {'\0',
     "directory",
     "DIR",
     "Read the journal files in DIR instead of this machine's journal",
     Complete::directory,
     {}},
};

inline constexpr Operand globs_or_files[] = {{"GLOB|FILE", Complete::job, true, true}};
inline constexpr Option listing[] = {
    {'\0', "check", "", "Say what is wrong in the files of jobs, or in each FILE, and when each job is to run", {}, {}},
};
inline constexpr Operand unit_directories[] = {{"DIR", Complete::directory, false, true}};
inline constexpr Option generating[] = {
    {'\0', "manager", "WHICH", "Whose units to make; if not said, whoever calls", Complete::choice, "system|user"},
    {'\0', "jobs", "DIR", "Make them of the files in DIR", Complete::directory, {}},
};

inline constexpr Verb verbs[] = {
    {"", "attach", "shmctl-jobs", "Watch the output of a job's command while it runs", job, attaching, attach},
    {"", "history", "shmctl-jobs", "Show the last runs of a job: when, how, by whom", job, looking_back, history},
    {"", "inbox", "shmctl-jobs", "Read the first message that was forwarded to a job, or run a command for it",
     inbox_command, reading, inbox, true},
    {"", "jobs", "shmctl-jobs", "List jobs: what each does, since when, and how it went", globs_or_files, listing,
     jobs},
    {"", "generator", "shmctl-jobs", "Make units of the files of jobs, when systemd calls this", unit_directories,
     generating, generator},
    {"", "flock", "shmctl-flock", "Run a command under a lock as util-linux's flock does", flocked, flocking, flock,
     true, true},
    {"", "lock", "shmctl-run", "Take a job for a part of a script, by a descriptor of the script's", job, locking,
     lock},
    {"", "logs", "shmctl-jobs", "Show what the system's journal has about the runs of jobs", logged, reading_logs,
     logs},
    {"", "pause", "shmctl-jobs", "Keep a job from running until a moment, or until it is resumed", job, pausing, pause},
    {"", "resume", "shmctl-jobs", "Let a paused job run again", job, {}, resume},
    {"", "run-one", "shmctl-flock", "Run a command unless the same command runs already", one_command, running_one,
     run_one, true},
    {"", "run", "shmctl-run", "Run a command unless the job of that name runs already", job_command, running, run, true,
     false, "conf"},
    {"",
     "signal",
     "shmctl-jobs",
     "Send a signal to the command of a job and all that came of it",
     signalled,
     {},
     signal},
    {"", "stop", "shmctl-jobs", "End the command of a job and all that came of it", job, stopping, stop},
    {"",
     "token",
     "shmctl-jobs",
     "Print the number of a job's newest run, or check that one's own is still it",
     token_of,
     {},
     token},
    {"", "unlock", "shmctl-run", "Give up a job that a part of a script holds", unlocked, unlocking, unlock},
    {"", "who", "shmctl-run", "Show who holds a job, since when, and who waits", job, {}, who},
};

}  // namespace shm::verbs::table::of_job
