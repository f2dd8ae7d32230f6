// The table of verbs: those of the kind counter. Only table.cpp includes this.
#pragma once
#include "verbs/counter.hpp"
#include "verbs/table/common.hpp"

namespace shm::verbs::table::of_counter {

inline constexpr Operand amounts[] = {{"NAME [N] | NAME[=N]", Complete::object, false, true}};
inline constexpr Operand numbers[] = {{"NAME N | NAME=N", Complete::object, false, true}};
inline constexpr Operand new_counter[] = {fresh, {"N", {}, true, false}};
inline constexpr Option creating[] = {existing, only_new};
inline constexpr Option counter_creating[] = {
    {'\0', "min", "N", "Never below N", {}, {}},
    {'\0', "max", "N", "Never above N", {}, {}},
    {'\0', "on-limit", "POLICY", "What happens at a limit", Complete::choice, "fail|saturate|wrap"},
    mode,
    group,
};

inline constexpr Verb verbs[] = {
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
};

}  // namespace shm::verbs::table::of_counter
