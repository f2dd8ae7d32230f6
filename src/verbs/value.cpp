// The verbs of values. What most of them do is in src/hot, for every program alike; `create` is here.
#include "verbs/value.hpp"
#include "hot/value.hpp"
#include "hot/value_text.hpp"
#include "object/value.hpp"
#include "verbs/common.hpp"
#include "verbs/hot.hpp"
#include "verbs/value_text.hpp"

namespace shm::verbs {

namespace {
using object::Scalar;
using object::Type;
}  // namespace

int value_create(cli::Call& call) {
  const auto& name = call.operands[0];
  const auto said = call.argument("type");
  if (!said) {
    refuse(call, "--type is missing (int, uint, float, bool, text or bytes)");
  }
  const std::string_view word = call.operands.size() > 1 ? std::string_view(call.operands[1]) : std::string_view();
  const Type type = object::type_of_name(*said);
  const bool is_text = object::is_text(type);
  Scalar start{type, 0};
  if (!is_text) {
    if (call.has("ttl")) {
      refuse(call, "--ttl is for text and bytes only");
    }
    if (call.operands.size() > 1) {
      start = cli::must(object::parse_scalar(type, word));  // no store is made for what is no value
    }
  }
  const std::int64_t ttl_ns = ttl_of(call);
  const auto permissions = permissions_of(call, name);
  const auto& store = open_store(call, store::Missing::create);
  if (is_text) {
    hot::Content content(word);
    const auto text = cli::must(content.view());
    cli::must(object::TextValue::create(store, name, type, std::as_bytes(std::span(text)), ttl_ns, permissions));
    print_content(call, name, type, text);
  } else {
    cli::must(object::Value::create(store, name, start, permissions));
    print_number(call, name, "value", start);
  }
  return 0;
}

int value_add(cli::Call& call) { return do_all_hot(call, hot::value_add); }
int value_cas(cli::Call& call) { return do_all_hot(call, hot::value_cas); }
int value_get(cli::Call& call) { return do_all_hot(call, hot::value_get); }
int value_set(cli::Call& call) { return do_all_hot(call, hot::value_set); }
int value_swap(cli::Call& call) { return do_all_hot(call, hot::value_swap); }

}  // namespace shm::verbs
