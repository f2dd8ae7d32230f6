// The table of verbs: those of the kind block. Only table.cpp includes this.
#pragma once
#include "verbs/block.hpp"
#include "verbs/table/common.hpp"

namespace shm::verbs::table::of_block {

inline constexpr Operand new_block[] = {fresh, {"SIZE", {}, false, false}};
inline constexpr Operand writing[] = {object, {"OFFSET", {}, true, false}};
inline constexpr Operand reading_part[] = {object, {"OFFSET", {}, true, false}, {"SIZE", {}, true, false}};
inline constexpr Operand filling[] = {
    object, {"BYTE", {}, false, false}, {"OFFSET", {}, true, false}, {"SIZE", {}, true, false}};
inline constexpr Operand comparing[] = {
    object, {"OFFSET", {}, false, false}, {"OLD", {}, false, false}, {"NEW", {}, false, false}};
inline constexpr Operand adding[] = {object, {"OFFSET", {}, false, false}, {"N", {}, true, false}};
inline constexpr Option block_creating[] = {mode, group};

inline constexpr Verb verbs[] = {
    {"block", "add32", "shmctl-block", "Add 1 or N to the 32 bits at OFFSET", adding, {}, block_add32},
    {"block", "add64", "shmctl-block", "Add 1 or N to the 64 bits at OFFSET", adding, {}, block_add64},
    {"block", "cas32", "shmctl-block", "Set the 32 bits at OFFSET to NEW if they are OLD", comparing, {}, block_cas32},
    {"block", "cas64", "shmctl-block", "Set the 64 bits at OFFSET to NEW if they are OLD", comparing, {}, block_cas64},
    {"block", "create", "shmctl-block", "Create a block of SIZE bytes", new_block, block_creating, block_create},
    {"block", "fill", "shmctl-block", "Set all bytes, or some, to BYTE", filling, {}, block_fill},
    {"block", "path", "shmctl-block", "Print the path of the block's file", one_object, {}, block_path},
    {"block", "read", "shmctl-block", "Write the bytes to standard output", reading_part, {}, block_read},
    {"block", "size", "shmctl-block", "Print how many bytes blocks have", some_objects, {}, block_size},
    {"block", "write", "shmctl-block", "Write standard input into the block", writing, {}, block_write},
};

}  // namespace shm::verbs::table::of_block
