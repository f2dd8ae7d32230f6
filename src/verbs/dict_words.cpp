#include "verbs/dict_words.hpp"
#include <fmt/core.h>
#include <algorithm>
#include "verbs/document.hpp"
#include "verbs/numbers.hpp"

namespace shm::verbs {

namespace {
using object::Dict;
}  // namespace

void check_words(const cli::Call& call, std::size_t first_key, std::size_t keys_end) {
  cli::must(store::check_name(call.operands[0]));
  for (std::size_t i = first_key; i < std::min(keys_end, call.operands.size()); ++i) {
    if (call.operands[i].empty()) {
      refuse(call, "a KEY is empty (it has one byte at least)");
    }
  }
}

std::int64_t key_ttl_of(const cli::Call& call) {
  const std::int64_t ttl_ns = time_of(call, "ttl", 0);
  if (ttl_ns == 0 && call.has("ttl")) {
    refuse(call, "--ttl must be more than 0 ('shmctl dict del' removes a key now)");
  }
  return ttl_ns;
}

Dict open_dict(const store::Store& store, std::string_view name, os::Access access) {
  using_object(name);
  return cli::must(Dict::open(store, name, access));
}

cli::Json dict_json(std::string_view name) { return cli::Json().add("name", name).add("kind", "dict"); }

std::string value_json_of(std::string_view value) {
  return object::is_dict_number(value) ? std::string(value) : item_json_of(value);
}

cli::Json pair_json(std::string_view name, std::string_view key, std::string_view value) {
  cli::Json line = dict_json(name);
  line.add_bytes("key", key);
  if (object::is_dict_number(value)) {
    line.add_raw("value", value);
  } else {
    line.add_bytes("value", value);
  }
  return line;
}

void print_pair(cli::Call& call, std::string_view name, std::string_view key, std::string_view value) {
  if (call.output.json()) {
    call.output.result({}, pair_json(name, key, value));
  } else {
    call.output.line(value);
  }
}

void tell_dict(cli::Call& call, const cli::Json& line) {
  if (call.output.json()) {
    call.output.result({}, line);
  }
}

}  // namespace shm::verbs
