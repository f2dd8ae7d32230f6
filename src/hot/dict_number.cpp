// dict incr and decr: numbers in a dict.
#include <limits>
#include "hot/dict.hpp"
#include "hot/dict_words.hpp"

namespace shm::hot {

namespace {
using object::Dict;
using object::Scalar;
using os::Result;

Result<std::int64_t> number_in(std::string_view text) noexcept {
  const auto number = object::parse_scalar(object::Type::int64, text);
  return number ? Result<std::int64_t>(number->as_int()) : std::unexpected(number.error());
}

/// KEY N, which is one amount and no second key. A word that begins as a number does is one.
bool is_pair(std::span<const std::string_view> given) noexcept {
  return given.size() == 2 && given[1].find('=') == std::string_view::npos &&
         given[1].find_first_of("+-0123456789") == 0;
}

/// KEY N, or KEY[=N]...
Result<void> read_amounts(std::span<const std::string_view> given, std::span<Dict::Amount> amounts) noexcept {
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    const bool pair = amounts.size() < given.size();
    const auto equals = pair ? given[i].size() : given[i].find('=');
    const bool plain = equals == std::string_view::npos;
    const auto number = plain ? Result<std::int64_t>(1) : number_in(pair ? given[1] : given[i].substr(equals + 1));
    if (!number) {
      return std::unexpected(number.error());
    }
    amounts[i] = {bytes_of(given[i].substr(0, equals)), *number};
  }
  return {};
}

Result<void> negate(std::string_view name, std::span<Dict::Amount> amounts) noexcept {
  for (auto& each : amounts) {
    if (each.amount == std::numeric_limits<std::int64_t>::min()) {
      return std::unexpected(os::fail(os::Code::range, "decrement in dict", name, "the amount's negation does not fit",
                                      "nothing was changed"));
    }
    each.amount = -each.amount;
  }
  return {};
}

Result<int> add(const Words& words, Host& host, bool negative) {
  const auto name = words.operands[0];
  const auto given = behind_name(words);
  Several<Dict::Amount> amounts(is_pair(given) ? 1 : given.size());
  auto valid = read_amounts(given, amounts.get());
  if (valid && negative) {
    valid = negate(name, amounts.get());
  }
  if (valid) {
    valid = store::check_name(name);
  }
  if (!valid) {
    return std::unexpected(valid.error());
  }
  for (const auto& each : amounts.get()) {
    if (each.key.empty()) {
      return host.refuse(empty_key);
    }
  }
  Several<std::int64_t> sums(amounts.get().size());
  const auto done = change_dict(words, host, [&](Dict& dict) { return dict.add(amounts.get(), sums.get()); });
  if (!done) {
    return std::unexpected(done.error());
  }
  for (std::size_t i = 0; i < sums.get().size(); ++i) {
    const auto key = amounts[i].key;
    host.answer_key(name, {reinterpret_cast<const char*>(key.data()), key.size()},
                    object::format_scalar(Scalar::of(sums[i])).view());
  }
  return 0;
}
}  // namespace

Result<int> dict_incr(const Words& words, Host& host) { return add(words, host, false); }
Result<int> dict_decr(const Words& words, Host& host) { return add(words, host, true); }

}  // namespace shm::hot
