// The table of verbs: those of the kind list. Only table.cpp includes this.
#pragma once
#include "verbs/list.hpp"
#include "verbs/table/common.hpp"

namespace shm::verbs::table::of_list {

inline constexpr Operand index = {"INDEX", {}, false, false};
inline constexpr Operand list_items[] = {object, {"ITEM", {}, false, true}};
inline constexpr Operand list_one_item[] = {object, {"ITEM", {}, false, false}};
inline constexpr Operand list_index_items[] = {object, index, {"ITEM", {}, false, true}};
inline constexpr Operand list_some_index[] = {object, {"INDEX", {}, true, false}};
inline constexpr Operand list_places[] = {object, {"INDEX|FROM:TO:STEP", {}, true, true}};
inline constexpr Operand list_replacements[] = {object, {"INDEX|FROM:TO", {}, false, false}, {"ITEM", {}, true, true}};
inline constexpr Option list_whole = {'\0', "whole", "", "Take all of standard input for one item", {}, {}};
inline constexpr Option list_room = {'w', "wait", "TIME", "Wait up to TIME, or forever, for room in a full list",
                                     {},  {}};
inline constexpr Option list_creating[] = {
    {'\0', "max-items", "N", "Never more than N items", {}, {}},
    {'\0', "max-bytes", "SIZE", "Never more than SIZE bytes of items, as in 4096, 64K, 16M or 1G", {}, {}},
    mode,
    group,
};
inline constexpr Option list_appending[] = {
    {'\0', "front", "", "Before all items, not after them", {}, {}}, list_room, list_whole, existing};
inline constexpr Option list_inserting[] = {list_room, list_whole, existing};
inline constexpr Option list_reading[] = {
    {'\0', "default", "VALUE", "Print this for an item that is not there", {}, {}},
    {'w', "wait", "TIME", "Wait up to TIME, or forever, until the items are there", {}, {}},
};
inline constexpr Option list_finding[] = {
    {'\0', "start", "INDEX", "The first one from this index on", {}, {}},
    list_whole,
};
inline constexpr Option list_counting[] = {list_whole};
inline constexpr Option list_popping[] = {
    {'\0', "front", "", "From the front instead of the back", {}, {}},
    count,
    {'w', "wait", "TIME", "Wait up to TIME, or forever, for an item", {}, {}},
};
inline constexpr Option list_removing[] = {
    {'\0', "all", "", "All equal items, not only the first", {}, {}},
    list_whole,
};
inline constexpr Option list_setting[] = {list_whole};
inline constexpr Option list_sorting[] = {
    {'\0', "reverse", "", "From the largest to the smallest", {}, {}},
    {'\0', "numeric", "", "By the number that an item begins with", {}, {}},
};

inline constexpr Verb verbs[] = {
    {"list", "append", "shmctl-list", "Add items at the end", list_items, list_appending, list_append},
    {"list", "clear", "shmctl-list", "Remove all items", one_object, {}, list_clear},
    {"list", "count", "shmctl-list", "Print how many items are equal to one", list_one_item, list_counting, list_count},
    {"list", "create", "shmctl-list", "Create a list, with limits if need be", one_fresh, list_creating, list_create},
    {"list", "extend", "shmctl-list", "Add items at the end, as append does", list_items, list_appending, list_append},
    {"list", "get", "shmctl-list", "Print items", list_places, list_reading, list_get},
    {"list", "index", "shmctl-list", "Print where the first equal item is", list_one_item, list_finding, list_index},
    {"list", "insert", "shmctl-list", "Add items before another", list_index_items, list_inserting, list_insert},
    {"list", "len", "shmctl-list", "Print how many items there are", some_objects, {}, list_len},
    {"list", "pop", "shmctl-list", "Remove an item and print it", list_some_index, list_popping, list_pop},
    {"list", "remove", "shmctl-list", "Remove the first equal item", list_one_item, list_removing, list_remove},
    {"list", "reverse", "shmctl-list", "Turn the order round", one_object, {}, list_reverse},
    {"list", "set", "shmctl-list", "Replace items", list_replacements, list_setting, list_set},
    {"list", "sort", "shmctl-list", "Sort the items", one_object, list_sorting, list_sort},
};

}  // namespace shm::verbs::table::of_list
