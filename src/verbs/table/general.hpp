// The table of verbs: those of no kind. Only table.cpp includes this.
#pragma once
#include "verbs/exec.hpp"
#include "verbs/help.hpp"
#include "verbs/run.hpp"
#include "verbs/store.hpp"
#include "verbs/table/common.hpp"
#include "verbs/who.hpp"

namespace shm::verbs::table::of_general {

inline constexpr Operand job[] = {{"NAME", Complete::job, false, false}};
inline constexpr Operand job_command[] = {{"NAME", Complete::job, false, false},
                                          {"COMMAND", Complete::command, false, true}};
inline constexpr Operand topic[] = {{"VERB", Complete::verb, true, true}};
inline constexpr Option listing[] = {
    {'k', "kind", "KIND", "Only objects of this kind; only jobs if KIND is job", Complete::kind, {}},
    {'\0', "names", "", "Print the names alone", {}, {}},
};
inline constexpr Option removing[] = {
    {'f', "force", "", "A name that is not there is no error", {}, {}},
    {'\0', "job", "", "Remove the job of that name, not the object", {}, {}},
};
inline constexpr Option showing[] = {
    {'\0', "job", "", "Show the job of that name, not the object", {}, {}},
};
inline constexpr Option examining[] = {
    {'\0', "fix", "", "Make the store if it is not there, and remove what kills left behind", {}, {}},
};
inline constexpr Operand commands[] = {{"FILE", Complete::file, true, false}};
inline constexpr Option executing[] = {
    {'\0', "status", "", "Begin each answer with the line's exit status and how many bytes follow", {}, {}},
    {'e', "stop", "", "End at the first line that fails, with its status", {}, {}},
};
inline constexpr Option running[] = {
    {'\0', "on-busy", "POLICY", "What to do when the job runs already", Complete::choice, "skip|wait"},
    {'w', "wait", "TIME", "Wait up to TIME for the job to be free, then give up with status 75", {}, {}},
    {'\0', "busy-status", "N", "Exit with N, 0 to 254, instead of 75 when the job is busy", {}, {}},
    {'\0', "timeout", "TIME", "End the command and all that came of it after TIME; status 124", {}, {}},
    {'\0', "kill-after", "TIME", "How long after TERM comes KILL; 10s if not said", {}, {}},
    {'s', "shared", "", "Run beside others that say --shared", {}, {}},
    {'\0', "slots", "N", "Let up to N run at once, each with a number in SHMCTL_SLOT", {}, {}},
    {'\0', "hold", "SCOPE", "What must have ended before the job is free", Complete::choice, "main|tree|kill-tree"},
};

inline constexpr Verb verbs[] = {
    {"", "doctor", "shmctl", "Check the store for what can go wrong, and say what to do", {}, examining, doctor},
    {"", "exec", "shmctl-exec", "Do what the lines of standard input, or of a file, say", commands, executing, exec},
    {"", "help", "shmctl", "Explain a verb, a kind of objects, or all", topic, {}, help},
    {"", "ls", "shmctl", "List objects and jobs, by name", glob, listing, ls},
    {"", "rm", "shmctl", "Remove objects or idle jobs", some_objects, removing, rm},
    {"", "run", "shmctl-run", "Run a command unless the job of that name runs already", job_command, running, run,
     true},
    {"", "stat", "shmctl", "Show all that is known of an object or a job", one_object, showing, stat},
    {"", "who", "shmctl-run", "Show who holds a job, since when, and who waits", job, {}, who},
};

}  // namespace shm::verbs::table::of_general
