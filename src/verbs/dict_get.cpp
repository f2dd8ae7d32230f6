// dict get, getdel, keys, values and items: what is in a dict.
#include <fmt/core.h>
#include "cli/base64.hpp"
#include "hot/dict.hpp"
#include "verbs/dict.hpp"
#include "verbs/dict_words.hpp"
#include "verbs/document.hpp"
#include "verbs/handout.hpp"
#include "verbs/hot.hpp"

namespace shm::verbs {

namespace {
using object::Dict;
using object::DictItems;
using object::DictValue;
using os::Access;
using os::Code;
using os::Result;

DictItems all_of(cli::Call& call) {
  const auto& name = call.operands[0];
  const auto& store = open_store(call, store::Missing::refuse);
  return cli::must(open_dict(store, name, Access::read).items(call.argument("prefix").value_or("")));
}

/// One JSON object with a list in it, of what `one` says of each.
template <class One>
void print_list(cli::Call& call, const DictItems& items, std::string_view field, One one) {
  std::string list = "[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    list += i == 0 ? "" : ",";
    list += one(i);
  }
  call.output.result({}, dict_json(call.operands[0]).add_raw(field, list += "]"));
}

/// {"key":value,...}; keys that are no UTF-8 can't be in it, and stand in a list of their own.
void print_object(cli::Call& call, const DictItems& items) {
  cli::Json members;
  std::vector<cli::Json> others;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string value = value_json_of(items.value(i));
    if (cli::is_utf8(items.key(i))) {
      members.add_raw(items.key(i), value);
    } else {
      others.push_back(cli::Json().add_bytes("key", items.key(i)).add_raw("value", value));
    }
  }
  cli::Json line = dict_json(call.operands[0]);
  line.add_raw("items", members.text());
  if (!others.empty()) {
    line.add("others", others);
  }
  call.output.result({}, line);
}
}  // namespace

int dict_get(cli::Call& call) { return do_all_hot(call, hot::dict_get); }

int dict_getdel(cli::Call& call) {
  check_words(call, 1, 2);
  const std::string key = call.operands[1];
  Handout<Dict> handout(call, deadline_of(call));
  auto taken = handout.wait([&](Dict& dict, std::int64_t deadline) -> Result<std::vector<DictValue>> {
    auto value = dict.take(as_span(key), deadline);
    if (!value) {
      return std::unexpected(value.error());
    }
    std::vector<DictValue> all;
    all.push_back(std::move(*value));
    return all;
  });
  return handout.hand_out(
      std::move(taken),
      [&](const std::vector<DictValue>& all, std::size_t number) {
        print_pair(call, call.operands[0], key, all[number].view());
      },
      [key](Dict& dict, const std::vector<DictValue>& all, std::size_t first) -> std::size_t {
        // Where somebody has set it anew, that counts.
        const Dict::Pair pair = {as_span(key), as_span(all[first].view()), all[first].end()};
        const auto back = dict.set(std::span(&pair, 1), 0, Dict::When::absent);
        return back || back.error().code == Code::lost ? 0 : 1;
      });
}

int dict_keys(cli::Call& call) {
  const auto items = all_of(call);
  if (call.output.json()) {
    print_list(call, items, "keys", [&](std::size_t i) { return item_json_of(items.key(i)); });
    return 0;
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    call.output.line(items.key(i));
  }
  return 0;
}

int dict_values(cli::Call& call) {
  const auto items = all_of(call);
  if (call.output.json()) {
    print_list(call, items, "values", [&](std::size_t i) { return value_json_of(items.value(i)); });
    return 0;
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    call.output.line(items.value(i));
  }
  return 0;
}

int dict_items(cli::Call& call) {
  const auto items = all_of(call);
  if (call.output.json()) {
    print_object(call, items);
    return 0;
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (call.output.format == cli::Format::null) {
      call.output.line(items.key(i));
      call.output.line(items.value(i));
    } else {
      call.output.line(fmt::format("{}={}", items.key(i), items.value(i)));
    }
  }
  return 0;
}

}  // namespace shm::verbs
