// The verbs of a dict as a whole, and of its keys: create, len, clear, expire, ttl. Those of src/hot, which every
// program does alike, begin here.
#include "verbs/dict.hpp"
#include <fmt/core.h>
#include "cli/duration.hpp"
#include "hot/dict.hpp"
#include "verbs/dict_words.hpp"
#include "verbs/document.hpp"
#include "verbs/hot.hpp"
#include "verbs/numbers.hpp"

namespace shm::verbs {

namespace {
using object::Dict;
using os::Access;
using os::Result;

std::string seconds(std::int64_t ns) { return fmt::format("{:.3f}", static_cast<double>(ns) / 1e9); }
}  // namespace

int dict_create(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  object::DictLimits limits;
  limits.max_items = number_of(call, "max-items", 1, 0);
  limits.max_bytes = size_of(call, "max-bytes");
  const auto permissions = permissions_of(call, name);
  const auto& store = open_store(call, store::Missing::create);
  using_object(name);
  cli::must(Dict::create(store, name, limits, permissions));
  if (call.output.json()) {
    cli::Json line = dict_json(name);
    add_limit(line, "max-items", limits.max_items);
    add_limit(line, "max-bytes", limits.max_bytes);
    call.output.result({}, line);
  }
  return 0;
}

int dict_len(cli::Call& call) {
  for (const auto& name : call.operands) {
    cli::must(store::check_name(name));
  }
  const auto& store = open_store(call, store::Missing::refuse);
  for (const auto& name : call.operands) {
    using_object(name);
    const auto dict = Dict::open(store, name, Access::read);
    const auto length = dict ? dict->len() : Result<std::uint64_t>(std::unexpected(dict.error()));
    if (length) {
      call.output.result(fmt::format("{}", *length), dict_json(name).add("len", *length));
    } else {
      call.report(length.error());
    }
  }
  return call.status();
}

int dict_clear(cli::Call& call) {
  const auto& name = call.operands[0];
  const auto& store = open_store(call, store::Missing::refuse);
  const std::uint64_t cleared = cli::must(open_dict(store, name, Access::write).clear());
  call.output.result(fmt::format("{}", cleared), dict_json(name).add("cleared", cleared));
  return 0;
}

int dict_contains(cli::Call& call) { return do_all_hot(call, hot::dict_contains); }
int dict_decr(cli::Call& call) { return do_all_hot(call, hot::dict_decr); }
int dict_del(cli::Call& call) { return do_all_hot(call, hot::dict_del); }
int dict_incr(cli::Call& call) { return do_all_hot(call, hot::dict_incr); }

int dict_expire(cli::Call& call) {
  const auto& name = call.operands[0];
  check_words(call, 1, 2);
  const bool never = call.operands[2] == "never";
  const std::int64_t ttl_ns = never ? 0 : cli::parse_duration(call.operands[2], "ttl");
  if (!never && ttl_ns == 0) {
    refuse(call, "TIME must be more than 0 ('shmctl dict del' removes a key now)");
  }
  const auto& store = open_store(call, store::Missing::refuse);
  cli::must(open_dict(store, name, Access::write).expire(as_span(call.operands[1]), ttl_ns));
  tell_dict(call, dict_json(name).add_bytes("key", call.operands[1]));
  return 0;
}

int dict_ttl(cli::Call& call) {
  const auto& name = call.operands[0];
  check_words(call, 1, 2);
  const auto& store = open_store(call, store::Missing::refuse);
  const auto left = cli::must(open_dict(store, name, Access::read).time_left(as_span(call.operands[1])));
  cli::Json line = dict_json(name);
  line.add_bytes("key", call.operands[1]);
  line.add_raw("ttl", left ? seconds(*left) : "null");
  call.output.result(left ? seconds(*left) : "never", line);
  return 0;
}

}  // namespace shm::verbs
