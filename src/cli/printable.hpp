// Text of unknown origin, made fit for a terminal: names of files that others made, command lines, what the user typed.
// Pure.
#pragma once
#include <string>
#include <string_view>

namespace shm::cli {

/// `text` with '?' for each control character: it must not steer the terminal.
std::string printable(std::string_view text);

}  // namespace shm::cli
