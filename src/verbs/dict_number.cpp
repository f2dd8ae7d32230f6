// dict incr and decr: numbers in a dict.
#include <fmt/core.h>
#include <limits>
#include "verbs/dict.hpp"
#include "verbs/dict_words.hpp"

namespace shm::verbs {

namespace {
using object::Dict;
using os::Code;

std::int64_t number_in(std::string_view text) {
  return cli::must(object::parse_scalar(object::Type::int64, text)).as_int();
}

/// KEY N, or KEY[=N]...
std::vector<Dict::Amount> amounts_of(const cli::Call& call) {
  const auto& words = call.operands;
  if (words.size() == 3 && words[2].find('=') == std::string::npos && words[2].find_first_of("+-0123456789") == 0) {
    return {{as_span(words[1]), number_in(words[2])}};
  }
  std::vector<Dict::Amount> amounts;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = words[i];
    const auto equals = word.find('=');
    amounts.push_back({as_span(word.substr(0, equals)), equals == word.npos ? 1 : number_in(word.substr(equals + 1))});
  }
  return amounts;
}

int add(cli::Call& call, std::vector<Dict::Amount> amounts) {
  cli::must(store::check_name(call.operands[0]));
  for (const auto& each : amounts) {
    if (each.key.empty()) {
      refuse(call, "a KEY is empty (it has one byte at least)");
    }
  }
  std::vector<std::int64_t> sums(amounts.size());
  change_dict(call, [&](Dict& dict) { return dict.add(amounts, sums); });
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const std::string digits = fmt::format("{}", sums[i]);
    if (call.output.json()) {
      const std::string_view key(reinterpret_cast<const char*>(amounts[i].key.data()), amounts[i].key.size());
      call.output.result({}, pair_json(call.operands[0], key, digits));
    } else {
      call.output.line(digits);
    }
  }
  return 0;
}
}  // namespace

int dict_incr(cli::Call& call) { return add(call, amounts_of(call)); }

int dict_decr(cli::Call& call) {
  auto amounts = amounts_of(call);
  for (auto& each : amounts) {
    if (each.amount == std::numeric_limits<std::int64_t>::min()) {
      throw cli::Failure(os::fail(Code::range, "decrement in dict", call.operands[0],
                                  "the amount's negation does not fit", "nothing was changed"));
    }
    each.amount = -each.amount;
  }
  return add(call, std::move(amounts));
}

}  // namespace shm::verbs
