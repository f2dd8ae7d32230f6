// What the verbs of lists read and print alike. Only list*.cpp and stat.cpp include this. Single-threaded.
#pragma once
#include <functional>
#include "object/list.hpp"
#include "verbs/common.hpp"
#include "verbs/index_words.hpp"
#include "verbs/item_input.hpp"

namespace shm::verbs {

std::vector<object::List::Bytes> bytes_of(const ItemInput& input);
/// The only item of the input. Throws Usage.
object::List::Bytes one_of(const cli::Call& call, const ItemInput& input);

/// A list that must be there. Throws Failure.
object::List open_list(const store::Store& store, std::string_view name, os::Access access);
/// Makes a change that may make the list, unless there is --existing. Throws Failure.
void change_list(const cli::Call& call, const std::function<os::Result<void>(object::List& list)>& act);

/// {"name":...,"kind":"list"}, to which what else there is to say is added.
cli::Json list_json(std::string_view name);
/// For a verb that prints nothing: the JSON object, if that is asked for.
void tell(cli::Call& call, const cli::Json& line);

}  // namespace shm::verbs
