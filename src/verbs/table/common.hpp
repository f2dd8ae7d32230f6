// The table of verbs: operands and options that several kinds share. Only table.cpp includes this.
#pragma once
#include "cli/verb.hpp"

namespace shm::verbs::table {

using cli::Complete;
using cli::Operand;
using cli::Option;
using cli::Verb;

inline constexpr Operand object = {"NAME", Complete::object, false, false};
inline constexpr Operand fresh = {"NAME", Complete::nothing, false, false};
inline constexpr Operand one_object[] = {object};
inline constexpr Operand some_objects[] = {{"NAME", Complete::object, false, true}};
inline constexpr Operand old_new[] = {object, {"OLD", {}, false, false}, {"NEW", {}, false, false}};
inline constexpr Operand object_amount[] = {object, {"N", {}, false, false}};
inline constexpr Operand one_fresh[] = {fresh};
inline constexpr Operand glob[] = {{"GLOB", Complete::object, true, false}};
inline constexpr Option existing = {'\0', "existing", "", "Never create: a name that is not there is an error", {}, {}};
inline constexpr Option only_new = {'\0', "new", "", "Always create: a name that is there is an error", {}, {}};
inline constexpr Option mode = {
    '\0', "mode", "MODE", "Permissions of the new object, in octal; 600 unless a group shares the store", {}, {}};
inline constexpr Option group = {'\0', "group", "GROUP", "Group of the new object, for --mode", Complete::group, {}};
inline constexpr Option otherwise = {'\0', "default", "VALUE", "Print this for a name that is not there", {}, {}};
inline constexpr Option count = {'\0', "count", "N", "Up to N items instead of one", {}, {}};
inline constexpr Option reading[] = {otherwise};

}  // namespace shm::verbs::table
