// What an object holds, in a few words, as ls and stat show it. Single-threaded.
#pragma once
#include <string>
#include "object/kind.hpp"

namespace shm::verbs {

struct StateText {
  std::string text;  ///< for a terminal: no control characters
  std::string json;  ///< the same as JSON: a number where there is one, null for what is absent
};
StateText state_of(const object::Description& object);

/// `text` as a string of JSON.
std::string in_json(std::string_view text);

}  // namespace shm::verbs
