// What the verbs of dicts read and print alike. Only dict*.cpp, document_dict.cpp, hot.cpp and stat.cpp include this.
// Single-threaded.
#pragma once
#include "object/dict.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

inline object::Dict::Bytes as_span(std::string_view text) { return std::as_bytes(std::span(text)); }

/// What --ttl says, in nanoseconds; 0 without it. Throws Usage.
std::int64_t key_ttl_of(const cli::Call& call);
/// A name that can be, and a key that can be. Throws.
void check_words(const cli::Call& call, std::size_t first_key, std::size_t keys_end);

/// A dict that must be there. Throws Failure.
object::Dict open_dict(const store::Store& store, std::string_view name, os::Access access);

/// {"name":...,"kind":"dict"}, to which what else there is to say is added.
cli::Json dict_json(std::string_view name);
/// A value as JSON: a whole number as one.
std::string value_json_of(std::string_view value);
/// The same object with fields key and value.
cli::Json pair_json(std::string_view name, std::string_view key, std::string_view value);
/// The value of a key, as the output's format says.
void print_pair(cli::Call& call, std::string_view name, std::string_view key, std::string_view value);
/// For a verb that prints nothing: the JSON object, if that is asked for.
void tell_dict(cli::Call& call, const cli::Json& line);

}  // namespace shm::verbs
