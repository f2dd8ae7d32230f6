// What values hold, printed; and the verbs that are about text and bytes alone. Single-threaded.
#pragma once
#include "object/text_value.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

/// What --ttl says, in nanoseconds; 0 without it.
std::int64_t ttl_of(const cli::Call& call);

/// Text, and a newline as the output's format says; bytes, and nothing else.
void print_content(cli::Call& call, std::string_view name, object::Type type, std::string_view content);
/// What --default says has no type: in JSON it is a number or a truth value if it reads as one, else a string.
void print_default(cli::Call& call, std::string_view name, std::string_view text);
/// The number of an object of that kind.
void print_number(cli::Call& call, std::string_view name, std::string_view kind, object::Scalar number);

}  // namespace shm::verbs
