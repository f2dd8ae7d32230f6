// The table of verbs: those of the kind dict. Only table.cpp includes this.
#pragma once
#include "verbs/dict.hpp"
#include "verbs/table/common.hpp"

namespace shm::verbs::table::of_dict {

inline constexpr Operand key = {"KEY", {}, false, false};
inline constexpr Operand dict_key[] = {object, key};
inline constexpr Operand dict_keys_of[] = {object, {"KEY", {}, false, true}};
inline constexpr Operand dict_pairs[] = {object, {"KEY=VALUE", {}, false, true}};
inline constexpr Operand dict_amounts[] = {object, {"KEY [N] | KEY=N", {}, false, true}};
inline constexpr Operand dict_key_value[] = {object, key, {"VALUE", {}, false, false}};
inline constexpr Operand dict_key_old_new[] = {object, key, {"OLD", {}, false, false}, {"NEW", {}, false, false}};
inline constexpr Operand dict_key_new[] = {object, key, {"NEW", {}, false, false}};
inline constexpr Operand dict_key_time[] = {object, key, {"TIME", {}, false, false}};
inline constexpr Operand dict_input[] = {object, {"-", {}, true, false}};
inline constexpr Option key_ttl = {'\0', "ttl", "TIME", "Make the keys absent after TIME", {}, {}};
inline constexpr Option key_wait = {'w', "wait", "TIME", "Wait up to TIME, or forever, for the key", {}, {}};
inline constexpr Option dict_creating[] = {
    {'\0', "max-items", "N", "Never more than N keys", {}, {}},
    {'\0', "max-bytes", "SIZE", "Never more than SIZE bytes of keys and values, as in 4096, 64K, 16M or 1G", {}, {}},
    mode,
    group,
};
inline constexpr Option dict_setting[] = {
    {'\0', "existing", "", "Only if each key is there", {}, {}},
    {'\0', "new", "", "Only if none of the keys is there", {}, {}},
    key_ttl,
};
inline constexpr Option dict_updating[] = {
    {'\0', "json-input", "", "Standard input is a JSON object, whatever it begins with", {}, {}},
    key_ttl,
    existing,
};
inline constexpr Option dict_defaulting[] = {key_ttl, existing};
inline constexpr Option dict_swapping[] = {key_ttl};
inline constexpr Option dict_counting[] = {existing};
inline constexpr Option dict_reading[] = {
    {'\0', "default", "VALUE", "Print this for a key that is not there", {}, {}},
    {'w', "wait", "TIME", "Wait up to TIME, or forever, until all of the keys are there", {}, {}},
};
inline constexpr Option dict_taking[] = {key_wait};
inline constexpr Option dict_deleting[] = {
    {'w', "wait", "TIME", "Wait up to TIME, or forever, for one of the keys", {}, {}}};
inline constexpr Option dict_listing[] = {
    {'\0', "prefix", "TEXT", "Only keys that begin with TEXT", {}, {}},
};

inline constexpr Verb verbs[] = {
    {"dict", "cas", "shmctl-dict", "Set a key to NEW if its value is OLD", dict_key_old_new, {}, dict_cas},
    {"dict", "clear", "shmctl-dict", "Remove all keys", one_object, {}, dict_clear},
    {"dict", "contains", "shmctl-dict", "Say by the status whether keys are there", dict_keys_of, {}, dict_contains},
    {"dict", "create", "shmctl-dict", "Create a dict, with limits if need be", one_fresh, dict_creating, dict_create},
    {"dict", "decr", "shmctl-dict", "Subtract from numbers and print them", dict_amounts, dict_counting, dict_decr},
    {"dict", "del", "shmctl-dict", "Remove keys", dict_keys_of, dict_deleting, dict_del},
    {"dict", "expire", "shmctl-dict", "Make a key absent after TIME", dict_key_time, {}, dict_expire},
    {"dict", "get", "shmctl-dict", "Print the values of keys", dict_keys_of, dict_reading, dict_get},
    {"dict", "getdel", "shmctl-dict", "Remove a key and print its value", dict_key, dict_taking, dict_getdel},
    {"dict", "incr", "shmctl-dict", "Add to numbers and print them", dict_amounts, dict_counting, dict_incr},
    {"dict", "items", "shmctl-dict", "Print all keys with their values", one_object, dict_listing, dict_items},
    {"dict", "keys", "shmctl-dict", "Print all keys", one_object, dict_listing, dict_keys},
    {"dict", "len", "shmctl-dict", "Print how many keys there are", some_objects, {}, dict_len},
    {"dict", "set", "shmctl-dict", "Set the values of keys", dict_pairs, dict_setting, dict_set},
    {"dict", "setdefault", "shmctl-dict", "Print a key's value, and set it first if it has none", dict_key_value,
     dict_defaulting, dict_setdefault},
    {"dict", "swap", "shmctl-dict", "Set a key that is there, and print the value before", dict_key_new, dict_swapping,
     dict_swap},
    {"dict", "ttl", "shmctl-dict", "Print in how many seconds a key ends", dict_key, {}, dict_ttl},
    {"dict", "update", "shmctl-dict", "Set keys to values from standard input", dict_input, dict_updating, dict_update},
    {"dict", "values", "shmctl-dict", "Print all values, in the order of their keys", one_object, dict_listing,
     dict_values},
};

}  // namespace shm::verbs::table::of_dict
