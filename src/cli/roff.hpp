// From the light markup of man/*.prose to man(7) macros (HACKING.md describes it). Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace shm::cli {

/// `text` as it is, with everything that roff would take for its own made harmless; dashes are for typing: "\-".
std::string roff_literal(std::string_view text);

/// As roff_literal, with words that are in `placeholders` in italics and words that begin with "--" in bold.
std::string roff_words(std::string_view text, std::span<const std::string_view> placeholders);

/// The words of an operand or synopsis: runs of capitals in italics, the rest as it is.
std::string roff_operand(std::string_view text);

/// Paragraphs, examples, lists, `bold` and <italic>; further paragraphs of an `item` of a list stand below its first.
/// Throws Usage for markup that is not closed; `line` is the number of the first line, for its text.
std::string roff_prose(std::string_view prose, std::size_t line, bool item = false);

}  // namespace shm::cli
