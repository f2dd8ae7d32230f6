// What an object holds now, as watch and wait print it: a number or a text exactly as `get` prints it; of what holds
// items, one line of JSON that says how many. Single-threaded.
#pragma once
#include <optional>
#include "cli/output.hpp"
#include "object/watch.hpp"

namespace shm::verbs {

/// How many items there are; nothing for an object that is one number or text.
std::optional<std::uint64_t> length_of(const object::Description& object);
cli::Json state_json(std::string_view name, const object::Watch::State& state);
void print_state(cli::Output& output, std::string_view name, const object::Watch::State& state);

}  // namespace shm::verbs
