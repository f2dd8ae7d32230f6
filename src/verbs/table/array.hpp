// The table of verbs: those of the kind array. Only table.cpp includes this.
#pragma once
#include "verbs/array.hpp"
#include "verbs/table/common.hpp"

namespace shm::verbs::table::of_array {

inline constexpr Operand new_array[] = {fresh, {"TYPE", {}, false, false}, {"N | VALUE", {}, false, true}};
inline constexpr Operand parts[] = {object, {"INDEX | FROM:TO", {}, true, true}};
inline constexpr Operand amounts[] = {object, {"INDEX [N] | INDEX=N", {}, false, true}};
inline constexpr Operand bounds[] = {object, {"INDEX N | INDEX=N", {}, false, true}};
inline constexpr Operand settings[] = {object, {"INDEX VALUE | INDEX=VALUE | FROM:TO VALUE", {}, false, true}};
inline constexpr Operand filling[] = {object, {"VALUE", {}, false, false}, {"FROM:TO", {}, true, false}};
inline constexpr Operand swapping[] = {object, {"INDEX", {}, false, false}, {"VALUE", {}, false, false}};
inline constexpr Operand comparing[] = {
    object, {"INDEX", {}, false, false}, {"OLD", {}, false, false}, {"NEW", {}, false, false}};
inline constexpr Option array_creating[] = {
    {'\0', "values", "", "The operands are the elements, not how many there are", {}, {}},
    mode,
    group,
};

inline constexpr Verb verbs[] = {
    {"array", "add", "shmctl-array", "Add 1 or N to elements", amounts, {}, array_add},
    {"array", "cas", "shmctl-array", "Set the element to NEW if it is OLD", comparing, {}, array_cas},
    {"array", "create", "shmctl-array", "Create an array of N elements of TYPE", new_array, array_creating,
     array_create},
    {"array", "fill", "shmctl-array", "Set all elements, or some, to VALUE", filling, {}, array_fill},
    {"array", "get", "shmctl-array", "Print elements", parts, reading, array_get},
    {"array", "len", "shmctl-array", "Print how many elements arrays have", some_objects, {}, array_len},
    {"array", "max", "shmctl-array", "Raise elements to N if they are lower", bounds, {}, array_max},
    {"array", "min", "shmctl-array", "Lower elements to N if they are higher", bounds, {}, array_min},
    {"array", "set", "shmctl-array", "Set elements", settings, {}, array_set},
    {"array", "swap", "shmctl-array", "Set the element to VALUE and print what it was", swapping, {}, array_swap},
};

}  // namespace shm::verbs::table::of_array
