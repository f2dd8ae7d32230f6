#include "verbs/counter.hpp"
#include <fmt/core.h>
#include <algorithm>
#include "hot/counter.hpp"
#include "object/counter.hpp"
#include "verbs/common.hpp"
#include "verbs/hot.hpp"

namespace shm::verbs {

namespace {
using object::Counter;

std::int64_t number_in(std::string_view text) {
  return cli::must(object::parse_scalar(object::Type::int64, text)).as_int();
}

void print(cli::Call& call, std::string_view name, std::int64_t number) {
  if (!call.output.json()) {
    call.output.line(object::format_scalar(object::Scalar::of(number)).view());
    return;
  }
  call.output.result({}, cli::Json().add("name", name).add("kind", "counter").add("value", number));
}

std::int64_t limit_of(const cli::Call& call, std::string_view option, std::int64_t otherwise) {
  const auto said = call.argument(option);
  return said ? number_in(*said) : otherwise;
}
}  // namespace

int counter_create(cli::Call& call) {
  const auto& name = call.operands[0];
  object::CounterLimits limits;
  limits.min = limit_of(call, "min", limits.min);
  limits.max = limit_of(call, "max", limits.max);
  if (const auto policy = call.argument("on-limit")) {
    limits.on_limit = *policy == "saturate" ? object::OnLimit::saturate
                      : *policy == "wrap"   ? object::OnLimit::wrap
                                            : object::OnLimit::fail;
  }
  // Without a start of its own it starts at 0, or as near to it as the limits allow.
  limits.start = call.operands.size() > 1 ? number_in(call.operands[1])
                                          : std::max(limits.min, std::min(limits.max, std::int64_t{0}));
  const auto permissions = permissions_of(call, name);
  const auto& store = open_store(call, store::Missing::create);
  cli::must(Counter::create(store, name, limits, limits.start, permissions));
  print(call, name, limits.start);
  return 0;
}

int counter_incr(cli::Call& call) { return do_all_hot(call, hot::counter_incr); }
int counter_decr(cli::Call& call) { return do_all_hot(call, hot::counter_decr); }
int counter_set(cli::Call& call) { return do_all_hot(call, hot::counter_set); }
int counter_swap(cli::Call& call) { return do_all_hot(call, hot::counter_swap); }
int counter_max(cli::Call& call) { return do_all_hot(call, hot::counter_max); }
int counter_min(cli::Call& call) { return do_all_hot(call, hot::counter_min); }
int counter_cas(cli::Call& call) { return do_all_hot(call, hot::counter_cas); }
int counter_reset(cli::Call& call) { return do_all_hot(call, hot::counter_reset); }
int counter_get(cli::Call& call) { return do_all_hot(call, hot::counter_get); }

}  // namespace shm::verbs
