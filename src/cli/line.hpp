// A command on a line of text, split into words as a POSIX shell does it, but with nothing that a shell would replace:
// no variables, patterns, pipes or redirections, whose signs are letters like any other. Pure.
#pragma once
#include <span>
#include <string_view>
#include <vector>

namespace shm::cli {

/// Splits `line` into `words`. Blanks separate them; '...', "..." and a backslash quote as POSIX has it; a word that
/// begins with # ends the line. A newline, which only a line that ends otherwise can have, separates words too.
/// The words stand in `line` itself, which is changed: a word is never longer than what it was written as.
/// Returns null, or why it is no line of words.
const char* split_line(std::span<char> line, std::vector<std::string_view>& words);

}  // namespace shm::cli
