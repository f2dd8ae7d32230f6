// The table of verbs: those of no kind and no job. Only table.cpp includes this.
#pragma once
#include "verbs/exec.hpp"
#include "verbs/help.hpp"
#include "verbs/metrics.hpp"
#include "verbs/objects.hpp"
#include "verbs/save.hpp"
#include "verbs/store.hpp"
#include "verbs/table/common.hpp"

namespace shm::verbs::table::of_general {

inline constexpr Operand object_fresh[] = {object, {"NEW", Complete::nothing, false, false}};
inline constexpr Operand object_condition[] = {object, {"CONDITION", Complete::nothing, false, false}};
inline constexpr Operand input_file[] = {{"FILE|-", Complete::file, true, false}};
inline constexpr Option taking_name = {'f', "force", "", "Let NEW lose its name to this if there is one", {}, {}};
inline constexpr Option renaming[] = {taking_name};
inline constexpr Option copying[] = {
    taking_name,
    {'\0', "mode", "MODE", "Permissions of the copy, in octal; those of the object if not said", {}, {}},
    {'\0', "group", "GROUP", "Group of the copy; that of the object if not said", Complete::group, {}},
};
inline constexpr Option dumping[] = {
    {'k', "kind", "KIND", "Only objects of this kind", Complete::kind, {}},
};
inline constexpr Option loading[] = {
    {'f', "force", "", "Let objects that are there lose their names to those that are loaded", {}, {}},
    {'\0', "skip-existing", "", "Leave out what is there already", {}, {}},
    {'\0', "prefix", "TEXT", "Put TEXT before all names", {}, {}},
};
inline constexpr Option waiting[] = {
    {'w', "timeout", "TIME", "Give up after TIME with status 124; 0 only looks, and says no by status 1", {}, {}},
};
inline constexpr Option watching[] = {
    {'\0', "count", "N", "End after N lines", {}, {}},
    {'w', "timeout", "TIME", "End after TIME with status 124", {}, {}},
};
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
inline constexpr Operand patterns[] = {{"NAME|GLOB", Complete::object, true, true}};
inline constexpr Operand some_patterns[] = {{"NAME|GLOB", Complete::object, false, true}};
inline constexpr Operand glob_file[] = {{"GLOB", Complete::object, true, false}, {"FILE", Complete::file, true, false}};
inline constexpr Operand saved_file[] = {{"FILE", Complete::file, true, false}};
inline constexpr Option all_stores = {
    '\0', "all-stores", "", "With --persisted: all stores of yours, and as root those of the groups", {}, {}};
inline constexpr Option persisting[] = {
    {'\0', "job", "", "Jobs of that name, not objects: their counts, pauses and histories", {}, {}},
};
inline constexpr Option saving[] = {
    all_stores,
    {'f', "force", "", "Replace a FILE that is there though save has not written it", {}, {}},
    {'\0', "job", "", "Only jobs: their counts, pauses and histories", {}, {}},
    {'\0', "persisted", "", "What persist has named; to the store's own place if there is no FILE", {}, {}},
};
inline constexpr Option restoring[] = {
    all_stores,
    {'f', "force", "", "Let what is there lose its name to what is restored", {}, {}},
    {'\0', "persisted", "", "What save --persisted has saved; from the store's own place if there is no FILE", {}, {}},
    {'\0', "skip-existing", "", "Leave out what is there already", {}, {}},
};
inline constexpr Operand commands[] = {{"FILE", Complete::file, true, false}};
inline constexpr Option executing[] = {
    {'\0', "atomic", "", "Make all lines one change: all of it happens, or nothing", {}, {}},
    {'\0', "status", "", "Begin each answer with the line's exit status and how many bytes follow", {}, {}},
    {'e', "stop", "", "End at the first line that fails, with its status", {}, {}},
};
inline constexpr Operand names_or_globs[] = {{"NAME|GLOB", Complete::object, true, true}};
inline constexpr Operand exported[] = {{"NAME|GLOB", Complete::object, false, true}};
inline constexpr Option exporting[] = {
    {'\0',
     "as",
     "METRIC",
     "The metric's name, and labels as in name{label=\"x\"}; the object's name if not said",
     {},
     {}},
    {'\0', "help-text", "TEXT", "What the metric means, for its HELP line", {}, {}},
    {'\0', "type", "TYPE", "A counter, or a gauge as anything is that can fall; by the name if not said",
     Complete::choice, "counter|gauge"},
};
inline constexpr Option measuring[] = {
    {'\0',
     "export",
     "GLOB[=METRIC]",
     "Show these objects too, as METRIC; may be said several times",
     Complete::object,
     {}},
    {'\0', "jobs", "GLOB", "Only jobs whose name matches; all if not said", Complete::job, {}},
    {'\0', "label", "NAME=VALUE", "Give all metrics that label; may be said several times", {}, {}},
    {'\0', "format", "FORMAT", "OpenMetrics, or the older text of Prometheus; that for a FILE named *.prom",
     Complete::choice, "openmetrics|prometheus"},
    {'\0', "output", "FILE", "Put them into FILE, in place of what it held", Complete::file, {}},
    {'\0', "http", "", "Answer one HTTP request on standard input and output", {}, {}},
};
inline constexpr Verb verbs[] = {
    {"", "copy", "shmctl-objects", "Make an exact copy of an object", object_fresh, copying, copy},
    {"", "doctor", "shmctl", "Check the store for what can go wrong, and say what to do", {}, examining, doctor},
    {"", "dump", "shmctl-objects", "Write objects as lines of JSON from which load makes them again", glob, dumping,
     dump},
    {"", "exec", "shmctl-exec", "Do what the lines of standard input, or of a file, say", commands, executing, exec},
    {"", "export", "shmctl-metrics", "Let the metrics show objects, or list which they show", names_or_globs, exporting,
     export_objects},
    {"", "help", "shmctl", "Explain a verb, a kind of objects, or all", topic, {}, help},
    {"", "load", "shmctl-objects", "Make the objects that lines of dump describe", input_file, loading, load},
    {"", "ls", "shmctl", "List objects and jobs, by name", glob, listing, ls},
    {"",
     "metrics",
     "shmctl-metrics",
     "Print what jobs and exported objects do, for a monitoring system",
     {},
     measuring,
     metrics},
    {"", "persist", "shmctl-save", "Name what save --persisted is to save; list it if nothing is named", patterns,
     persisting, persist},
    {"", "rename", "shmctl-objects", "Give an object another name", object_fresh, renaming, rename},
    {"", "restore", "shmctl-save", "Make what save has written to a file", saved_file, restoring, restore},
    {"", "rm", "shmctl", "Remove objects or idle jobs", some_objects, removing, rm},
    {"", "save", "shmctl-save", "Write what a store holds to a file that outlasts the machine", glob_file, saving,
     save},
    {"", "stat", "shmctl", "Show all that is known of an object or a job", one_object, showing, stat},
    {"", "unexport", "shmctl-metrics", "Let the metrics show objects no longer", exported, {}, unexport_objects},
    {"", "unpersist", "shmctl-save", "Let save --persisted no longer save what was named so", some_patterns, persisting,
     unpersist},
    {"", "wait", "shmctl-objects", "Wait until an object is as CONDITION says", object_condition, waiting, wait},
    {"", "watch", "shmctl-objects", "Print what an object holds, now and after each change", one_object, watching,
     watch},
};

}  // namespace shm::verbs::table::of_general
