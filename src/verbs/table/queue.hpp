// The table of verbs: those of the kind queue. Only table.cpp includes this.
#pragma once
#include "verbs/queue.hpp"
#include "verbs/queue_work.hpp"
#include "verbs/table/common.hpp"

namespace shm::verbs::table::of_queue {

inline constexpr Operand object_items[] = {object, {"ITEM", {}, false, true}};
inline constexpr Operand object_id[] = {object, {"ID", {}, false, false}};
inline constexpr Operand object_ids[] = {object, {"ID", {}, false, true}};
inline constexpr Operand object_some_ids[] = {object, {"ID", {}, true, true}};
inline constexpr Operand object_command[] = {object, {"COMMAND", Complete::command, false, true}};
inline constexpr Option from_back = {'\0', "back", "", "From the back instead of the front", {}, {}};
inline constexpr Option queue_creating[] = {
    {'\0', "max-items", "N", "Never more than N items", {}, {}},
    {'\0', "max-bytes", "SIZE", "Never more than SIZE bytes of items, as in 4096, 64K, 16M or 1G", {}, {}},
    {'\0', "ttr", "TIME", "Give an item back that has been held for TIME", {}, {}},
    {'\0', "max-attempts", "N", "Bury an item that comes back after having been taken N times", {}, {}},
    mode,
    group,
};
inline constexpr Option pushing[] = {
    {'\0', "front", "", "Before the items of the same priority, not after them", {}, {}},
    {'\0', "priority", "N", "Before all items of a lower priority; 0 if not said", {}, {}},
    {'\0', "unique", "KEY", "Only if no item of the queue was pushed with this KEY", {}, {}},
    {'w', "wait", "TIME", "Wait up to TIME, or forever, for room in a full queue", {}, {}},
    {'\0', "whole", "", "Take all of standard input for one item", {}, {}},
    existing,
};
inline constexpr Option popping[] = {
    from_back,
    count,
    {'w', "wait", "TIME", "Wait up to TIME, or forever, for an item", {}, {}},
};
inline constexpr Option peeking[] = {from_back, count};
inline constexpr Option queue_listing[] = {
    {'\0', "state", "STATE", "Only items in this state", Complete::choice, "ready|held|delayed|buried|all"},
};
inline constexpr Option taking[] = {
    count,
    {'\0', "owner", "PID", "Held as long as process PID lives; the calling process if not said", {}, {}},
    {'\0', "ttr", "TIME", "Give it back after TIME, whatever the queue says; 0 is never", {}, {}},
    {'w', "wait", "TIME", "Wait up to TIME, or forever, for an item", {}, {}},
};
inline constexpr Option releasing[] = {
    {'\0', "delay", "TIME", "Ready again after TIME, not at once", {}, {}},
};
inline constexpr Option touching[] = {
    {'\0', "ttr", "TIME", "Give it back after TIME from now, not what was said before", {}, {}},
};
inline constexpr Option working[] = {
    {'j', "jobs", "N", "Up to N commands at once, 1 if not said; auto is one a processor", {}, {}},
    {'\0', "retries", "N", "Try an item that fails up to N times more, then bury it", {}, {}},
    {'w', "wait", "TIME", "When nothing is left, wait up to TIME, or forever, for more items", {}, {}},
    {'\0', "follow", "", "Wait for more items without end", {}, {}},
    {'\0', "ttr", "TIME", "Give an item back after TIME if this hangs, whatever the queue says; 0 is never", {}, {}},
    {'\0', "kill-after", "TIME", "How long after TERM comes KILL; 10s if not said", {}, {}},
};

inline constexpr Verb verbs[] = {
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
};

}  // namespace shm::verbs::table::of_queue
