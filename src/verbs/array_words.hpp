// What the verbs of arrays read and print alike. Only array*.cpp include this. Single-threaded.
#pragma once
#include "object/array.hpp"
#include "verbs/common.hpp"
#include "verbs/index_words.hpp"

namespace shm::verbs {

/// An array that must be there. Throws Failure.
object::Array open_array(const store::Store& store, std::string_view name, os::Access access);
/// {"name":...,"kind":"array","type":...}, to which what else there is to say is added.
cli::Json array_json(std::string_view name, const object::Array& array);
/// An element, as text or as JSON.
void print_element(cli::Call& call, std::string_view name, const object::Array& array, std::uint64_t place,
                   object::Bits bits);

}  // namespace shm::verbs
