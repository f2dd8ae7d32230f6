// The table of verbs: those of the kind value. Only table.cpp includes this.
#pragma once
#include "verbs/table/common.hpp"
#include "verbs/value.hpp"

namespace shm::verbs::table::of_value {

inline constexpr Operand object_content[] = {object, {"VALUE|-", {}, false, false}};
inline constexpr Operand new_value[] = {fresh, {"VALUE|-", {}, true, false}};
inline constexpr std::string_view value_types = "int|uint|float|bool|text|bytes";
inline constexpr Option type = {'\0', "type", "TYPE", "Type of the value", Complete::choice, value_types};
inline constexpr Option ttl = {'\0', "ttl", "TIME", "Let it be absent after TIME; for text and bytes", {}, {}};
inline constexpr Option value_creating[] = {type, ttl, mode, group};
inline constexpr Option value_setting[] = {
    {'\0', "type", "TYPE", "Create a value of this type if it is not there", Complete::choice, value_types},
    existing,
    only_new,
    ttl,
};
inline constexpr Option value_swapping[] = {ttl};
inline constexpr Option value_appending[] = {
    {'\0', "type", "TYPE", "Create a value of this type if it is not there; text if not said", Complete::choice,
     "text|bytes"},
    existing,
};

inline constexpr Verb verbs[] = {
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

}  // namespace shm::verbs::table::of_value
