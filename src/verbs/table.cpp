// The one table: parsing, --help, the man pages, completion and the tests' completeness checks come from it.
#include "verbs/table.hpp"
#include <algorithm>
#include "verbs/counter.hpp"
#include "verbs/help.hpp"
#include "verbs/queue.hpp"
#include "verbs/queue_work.hpp"
#include "verbs/run.hpp"
#include "verbs/store.hpp"
#include "verbs/value.hpp"
#include "verbs/who.hpp"

namespace shm::verbs {

namespace {
using cli::Complete;
using cli::Operand;
using cli::Option;
using cli::Verb;

// Operands.
constexpr Operand object = {"NAME", Complete::object, false, false};
constexpr Operand fresh = {"NAME", Complete::nothing, false, false};
constexpr Operand one_object[] = {object};
constexpr Operand some_objects[] = {{"NAME", Complete::object, false, true}};
constexpr Operand amounts[] = {{"NAME [N] | NAME[=N]", Complete::object, false, true}};
constexpr Operand numbers[] = {{"NAME N | NAME=N", Complete::object, false, true}};
constexpr Operand old_new[] = {object, {"OLD", {}, false, false}, {"NEW", {}, false, false}};
constexpr Operand object_content[] = {object, {"VALUE|-", {}, false, false}};
constexpr Operand object_amount[] = {object, {"N", {}, false, false}};
constexpr Operand new_counter[] = {fresh, {"N", {}, true, false}};
constexpr Operand new_value[] = {fresh, {"VALUE|-", {}, true, false}};
constexpr Operand one_fresh[] = {fresh};
constexpr Operand object_items[] = {object, {"ITEM", {}, false, true}};
constexpr Operand object_id[] = {object, {"ID", {}, false, false}};
constexpr Operand object_ids[] = {object, {"ID", {}, false, true}};
constexpr Operand object_some_ids[] = {object, {"ID", {}, true, true}};
constexpr Operand glob[] = {{"GLOB", Complete::object, true, false}};
constexpr Operand job[] = {{"NAME", Complete::job, false, false}};
constexpr Operand job_command[] = {{"NAME", Complete::job, false, false}, {"COMMAND", Complete::command, false, true}};
constexpr Operand object_command[] = {object, {"COMMAND", Complete::command, false, true}};
constexpr Operand topic[] = {{"VERB", Complete::verb, true, true}};

// Options that several verbs share.
constexpr Option existing = {'\0', "existing", "", "Never create: a name that is not there is an error", {}, {}};
constexpr Option only_new = {'\0', "new", "", "Always create: a name that is there is an error", {}, {}};
constexpr Option mode = {
    '\0', "mode", "MODE", "Permissions of the new object, in octal; 600 unless a group shares the store", {}, {}};
constexpr Option group = {'\0', "group", "GROUP", "Group of the new object, for --mode", Complete::group, {}};
constexpr Option otherwise = {'\0', "default", "VALUE", "Print this for a name that is not there", {}, {}};
constexpr std::string_view value_types = "int|uint|float|bool|text|bytes";
constexpr Option type = {'\0', "type", "TYPE", "Type of the value", Complete::choice, value_types};
constexpr Option ttl = {'\0', "ttl", "TIME", "Let it be absent after TIME; for text and bytes", {}, {}};
constexpr Option from_back = {'\0', "back", "", "From the back instead of the front", {}, {}};
constexpr Option count = {'\0', "count", "N", "Up to N items instead of one", {}, {}};
constexpr Option creating[] = {existing, only_new};
constexpr Option reading[] = {otherwise};

constexpr Option counter_creating[] = {
    {'\0', "min", "N", "Never below N", {}, {}},
    {'\0', "max", "N", "Never above N", {}, {}},
    {'\0', "on-limit", "POLICY", "What happens at a limit", Complete::choice, "fail|saturate|wrap"},
    mode,
    group,
};
constexpr Option value_creating[] = {type, ttl, mode, group};
constexpr Option value_setting[] = {
    {'\0', "type", "TYPE", "Create a value of this type if it is not there", Complete::choice, value_types},
    existing,
    only_new,
    ttl,
};
constexpr Option value_swapping[] = {ttl};
constexpr Option value_appending[] = {
    {'\0', "type", "TYPE", "Create a value of this type if it is not there; text if not said", Complete::choice,
     "text|bytes"},
    existing,
};
constexpr Option queue_creating[] = {
    {'\0', "max-items", "N", "Never more than N items", {}, {}},
    {'\0', "max-bytes", "SIZE", "Never more than SIZE bytes of items, as in 4096, 64K, 16M or 1G", {}, {}},
    {'\0', "ttr", "TIME", "Give an item back that has been held for TIME", {}, {}},
    {'\0', "max-attempts", "N", "Bury an item that comes back after having been taken N times", {}, {}},
    mode,
    group,
};
constexpr Option pushing[] = {
    {'\0', "front", "", "Before the items of the same priority, not after them", {}, {}},
    {'\0', "priority", "N", "Before all items of a lower priority; 0 if not said", {}, {}},
    {'\0', "unique", "KEY", "Only if no item of the queue was pushed with this KEY", {}, {}},
    {'w', "wait", "TIME", "Wait up to TIME, or forever, for room in a full queue", {}, {}},
    {'\0', "whole", "", "Take all of standard input for one item", {}, {}},
    existing,
};
constexpr Option popping[] = {
    from_back,
    count,
    {'w', "wait", "TIME", "Wait up to TIME, or forever, for an item", {}, {}},
};
constexpr Option peeking[] = {from_back, count};
constexpr Option queue_listing[] = {
    {'\0', "state", "STATE", "Only items in this state", Complete::choice, "ready|held|delayed|buried|all"},
};
constexpr Option taking[] = {
    count,
    {'\0', "owner", "PID", "Held as long as process PID lives; the calling process if not said", {}, {}},
    {'\0', "ttr", "TIME", "Give it back after TIME, whatever the queue says; 0 is never", {}, {}},
    {'w', "wait", "TIME", "Wait up to TIME, or forever, for an item", {}, {}},
};
constexpr Option releasing[] = {
    {'\0', "delay", "TIME", "Ready again after TIME, not at once", {}, {}},
};
constexpr Option touching[] = {
    {'\0', "ttr", "TIME", "Give it back after TIME from now, not what was said before", {}, {}},
};
constexpr Option working[] = {
    {'j', "jobs", "N", "Up to N commands at once, 1 if not said; auto is one a processor", {}, {}},
    {'\0', "retries", "N", "Try an item that fails up to N times more, then bury it", {}, {}},
    {'w', "wait", "TIME", "When nothing is left, wait up to TIME, or forever, for more items", {}, {}},
    {'\0', "follow", "", "Wait for more items without end", {}, {}},
    {'\0', "ttr", "TIME", "Give an item back after TIME if this hangs, whatever the queue says; 0 is never", {}, {}},
    {'\0', "kill-after", "TIME", "How long after TERM comes KILL; 10s if not said", {}, {}},
};
constexpr Option listing[] = {
    {'k', "kind", "KIND", "Only objects of this kind; only jobs if KIND is job", Complete::kind, {}},
    {'\0', "names", "", "Print the names alone", {}, {}},
};
constexpr Option removing[] = {
    {'f', "force", "", "A name that is not there is no error", {}, {}},
    {'\0', "job", "", "Remove the job of that name, not the object", {}, {}},
};
constexpr Option showing[] = {
    {'\0', "job", "", "Show the job of that name, not the object", {}, {}},
};
constexpr Option examining[] = {
    {'\0', "fix", "", "Make the store if it is not there, and remove what kills left behind", {}, {}},
};
constexpr Option running[] = {
    {'\0', "on-busy", "POLICY", "What to do when the job runs already", Complete::choice, "skip|wait"},
    {'w', "wait", "TIME", "Wait up to TIME for the job to be free, then give up with status 75", {}, {}},
    {'\0', "busy-status", "N", "Exit with N, 0 to 254, instead of 75 when the job is busy", {}, {}},
    {'\0', "timeout", "TIME", "End the command and all that came of it after TIME; status 124", {}, {}},
    {'\0', "kill-after", "TIME", "How long after TERM comes KILL; 10s if not said", {}, {}},
    {'s', "shared", "", "Run beside others that say --shared", {}, {}},
    {'\0', "slots", "N", "Let up to N run at once, each with a number in SHMCTL_SLOT", {}, {}},
    {'\0', "hold", "SCOPE", "What must have ended before the job is free", Complete::choice, "main|tree|kill-tree"},
};

constexpr Verb verbs[] = {
    {"", "doctor", "shmctl", "Check the store for what can go wrong, and say what to do", {}, examining, doctor},
    {"", "help", "shmctl", "Explain a verb, a kind of objects, or all", topic, {}, help},
    {"", "ls", "shmctl", "List objects and jobs, by name", glob, listing, ls},
    {"", "rm", "shmctl", "Remove objects or idle jobs", some_objects, removing, rm},
    {"", "run", "shmctl-run", "Run a command unless the job of that name runs already", job_command, running, run,
     true},
    {"", "stat", "shmctl", "Show all that is known of an object or a job", one_object, showing, stat},
    {"", "who", "shmctl-run", "Show who holds a job, since when, and who waits", job, {}, who},
    {"counter", "cas", "shmctl-counter", "Set the counter to NEW if it holds OLD", old_new, {}, counter_cas},
    {"counter", "create", "shmctl-counter", "Create a counter, with limits if need be", new_counter, counter_creating,
     counter_create},
    {"counter", "decr", "shmctl-counter", "Subtract 1 or N", amounts, creating, counter_decr},
    {"counter", "get", "shmctl-counter", "Print what counters hold", some_objects, reading, counter_get},
    {"counter", "incr", "shmctl-counter", "Add 1 or N", amounts, creating, counter_incr},
    {"counter", "max", "shmctl-counter", "Raise the counter to N if it is lower", numbers, creating, counter_max},
    {"counter", "min", "shmctl-counter", "Lower the counter to N if it is higher", numbers, creating, counter_min},
    {"counter", "reset", "shmctl-counter", "Set counters back to their start", some_objects, {}, counter_reset},
    {"counter", "set", "shmctl-counter", "Set the counter to N", numbers, creating, counter_set},
    {"counter", "swap", "shmctl-counter", "Set the counter to N and print what it held", numbers, creating,
     counter_swap},
    {"queue", "ack", "shmctl-queue", "Remove items that were taken and are done", object_ids, {}, queue_ack},
    {"queue", "bury", "shmctl-queue", "Put an item aside that was taken and can't be done", object_id, {}, queue_bury},
    {"queue", "clear", "shmctl-queue", "Remove all items", one_object, {}, queue_clear},
    {"queue", "create", "shmctl-queue", "Create a queue, with limits if need be", one_fresh, queue_creating,
     queue_create},
    {"queue", "items", "shmctl-queue", "List the items with their states", one_object, queue_listing, queue_items},
    {"queue", "kick", "shmctl-queue", "Make buried items ready again", object_some_ids, {}, queue_kick},
    {"queue", "len", "shmctl-queue", "Print how many items are ready", some_objects, {}, queue_len},
    {"queue", "peek", "shmctl-queue", "Print the next item and leave it there", one_object, peeking, queue_peek},
    {"queue", "pop", "shmctl-queue", "Remove the next item and print it", one_object, popping, queue_pop},
    {"queue", "push", "shmctl-queue", "Add items", object_items, pushing, queue_push},
    {"queue", "release", "shmctl-queue", "Give an item back that was taken", object_id, releasing, queue_release},
    {"queue",
     "stats",
     "shmctl-queue",
     "Show what is in the queue, what has been, and its limits",
     one_object,
     {},
     queue_stats},
    {"queue", "take", "shmctl-queue", "Hold the next item and print it with its id", one_object, taking, queue_take},
    {"queue", "touch", "shmctl-queue", "Let the time of an item that was taken begin anew", object_id, touching,
     queue_touch},
    {"queue", "work", "shmctl-queue", "Run a command for each item, until none is left", object_command, working,
     queue_work, true},
    {"value", "add", "shmctl-value", "Add N to the value", object_amount, {}, value_add},
    {"value", "append", "shmctl-value", "Add to the end of a text or of bytes", object_content, value_appending,
     value_append},
    {"value", "cas", "shmctl-value", "Set the value to NEW if it holds OLD", old_new, {}, value_cas},
    {"value", "create", "shmctl-value", "Create a value of a type, kept for its life", new_value, value_creating,
     value_create},
    {"value", "get", "shmctl-value", "Print what values hold", some_objects, reading, value_get},
    {"value", "getdel", "shmctl-value", "Print and remove a text or bytes in one step", one_object, {}, value_getdel},
    {"value", "set", "shmctl-value", "Set the value", object_content, value_setting, value_set},
    {"value", "swap", "shmctl-value", "Set the value and print what it held", object_content, value_swapping,
     value_swap},
};

constexpr cli::Group groups[] = {
    {"counter", "A whole number that any number of processes count with"},
    {"queue", "Items in order, which one process leaves and another gets"},
    {"value", "A number, truth value, text or bytes of a type that it keeps"},
};

constexpr bool before(const Verb& left, const Verb& right) {
  return left.group != right.group ? left.group < right.group : left.name < right.name;
}
static_assert(std::is_sorted(std::begin(verbs), std::end(verbs), before), "keep the verbs sorted by group, then name");

constexpr cli::Program all = {verbs, groups};
}  // namespace

const cli::Program& program() noexcept { return all; }

}  // namespace shm::verbs
