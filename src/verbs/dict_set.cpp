// dict set (what is more than words), update, setdefault, swap and cas: values into a dict.
#include "hot/dict.hpp"
#include "hot/dict_words.hpp"
#include "verbs/dict.hpp"
#include "verbs/dict_input.hpp"
#include "verbs/dict_words.hpp"
#include "verbs/hot.hpp"

namespace shm::verbs {

namespace {
using object::Dict;
using object::DictValue;
using os::Access;
using os::Result;

Dict::When when_of(const cli::Call& call) {
  return call.has("existing") ? Dict::When::present : call.has("new") ? Dict::When::absent : Dict::When::always;
}

int set(cli::Call& call, const DictInput& input, std::int64_t ttl_ns, Dict::When when) {
  return do_all_hot(call, [&](const hot::Words& words, hot::Host& host) {
    return hot::dict_set_pairs(words, host, input.pairs(), ttl_ns, when);
  });
}

void print(cli::Call& call, const DictValue& value) {
  print_pair(call, call.operands[0], call.operands[1], value.view());
}
}  // namespace

int dict_set(cli::Call& call) {
  if (const auto status = do_hot(call, hot::dict_set)) {
    return *status;
  }
  const auto when = when_of(call);  // all of standard input
  DictInput input(call);
  input.add_all(false);
  return set(call, input, key_ttl_of(call), when);
}

int dict_update(cli::Call& call) {
  cli::must(store::check_name(call.operands[0]));
  const std::int64_t ttl_ns = key_ttl_of(call);
  if (call.operands.size() > 1 && call.operands[1] != "-") {
    refuse(call, "it reads standard input (say - or nothing; 'dict set' takes KEY=VALUE)");
  }
  if (call.has("null") && call.has("json-input")) {
    refuse(call, "--null and --json-input exclude each other");
  }
  DictInput input(call);
  input.add_all(call.has("json-input"));
  return set(call, input, ttl_ns, Dict::When::always);
}

int dict_setdefault(cli::Call& call) {
  check_words(call, 1, 2);
  const std::int64_t ttl_ns = key_ttl_of(call);
  const DictWord value(call, 2);
  DictValue there;
  const auto look = [&](Dict& dict) -> Result<void> {
    auto got = dict.set_default(as_span(call.operands[1]), value.bytes(), ttl_ns);
    if (!got) {
      return std::unexpected(got.error());
    }
    there = std::move(*got);
    return {};
  };
  return do_all_hot(call, [&](const hot::Words& words, hot::Host& host) -> Result<int> {
    if (const auto done = hot::change_dict(words, host, look); !done) {
      return std::unexpected(done.error());
    }
    print(call, there);
    return 0;
  });
}

int dict_swap(cli::Call& call) {
  check_words(call, 1, 2);
  const std::int64_t ttl_ns = key_ttl_of(call);
  const DictWord value(call, 2);
  const auto& store = open_store(call, store::Missing::refuse);
  auto dict = open_dict(store, call.operands[0], Access::write);
  print(call, cli::must(dict.swap(as_span(call.operands[1]), value.bytes(), ttl_ns)));
  return 0;
}

int dict_cas(cli::Call& call) {
  check_words(call, 1, 2);
  if (call.operands[2] == "-" && call.operands[3] == "-") {
    refuse(call, "standard input can't be both OLD and NEW");
  }
  const DictWord expected(call, 2);
  const DictWord wanted(call, 3);
  const auto& store = open_store(call, store::Missing::refuse);
  auto dict = open_dict(store, call.operands[0], Access::write);
  cli::must(dict.compare_and_set(as_span(call.operands[1]), expected.bytes(), wanted.bytes()));
  tell_dict(call, dict_json(call.operands[0]).add_bytes("key", call.operands[1]));
  return 0;
}

}  // namespace shm::verbs
