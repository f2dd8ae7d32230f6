// The verbs that change elements of an array: add, cas, fill, max, min, set, swap.
#include <fmt/core.h>
#include "verbs/array.hpp"
#include "verbs/array_words.hpp"
#include "verbs/item_input.hpp"

namespace shm::verbs {

using object::Amount;
using object::Array;
using object::Bits;
using os::Access;
using Operation = Array::Operation;

namespace {
/// An index and a number, as words.
struct Target {
  std::string_view index;
  std::string_view number;
};

Target pair_in(const cli::Call& call, std::string_view word) {
  const auto equals = word.find('=');
  if (equals == word.npos) {
    refuse(call, fmt::format("'{}': not INDEX=NUMBER", word));
  }
  return {word.substr(0, equals), word.substr(equals + 1)};
}

/// INDEX=NUMBER..., or `-` for such lines.
bool has_pairs(const cli::Call& call) {
  return call.operands.size() > 1 && (call.operands[1] == "-" || call.operands[1].find('=') != std::string::npos);
}

std::vector<Target> pairs_in(const cli::Call& call, const ItemInput& input) {
  std::vector<Target> targets;
  for (const auto item : input.items()) {
    targets.push_back(pair_in(call, item));
  }
  return targets;
}

Array open_named(const cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  return open_array(open_store(call, store::Missing::refuse), name, Access::write);
}

std::vector<Array::Step> steps_of(const cli::Call& call, const Array& array, Operation operation,
                                  const std::vector<Target>& targets) {
  std::vector<Array::Step> steps;
  for (const auto& target : targets) {
    Array::Step step;
    step.place = cli::must(array.place_of(index_of(call, target.index)));
    step.amount = operation == Operation::add
                      ? cli::must(object::parse_amount(array.type(), target.number))
                      : Amount{cli::must(object::parse_element(array.type(), target.number)), false};
    steps.push_back(step);
  }
  return steps;
}

/// Shared by add, max and min, which print what each element is afterwards.
int change_each(cli::Call& call, Operation operation, std::string_view otherwise) {
  const auto& words = call.operands;
  const bool pairs = has_pairs(call);
  if (!pairs && (words.size() > 3 || (words.size() == 2 && otherwise.empty()))) {
    refuse(call, words.size() == 2 ? "its number is missing" : "say INDEX NUMBER, or INDEX=NUMBER for several");
  }
  const ItemInput input(call);
  const auto targets =
      pairs ? pairs_in(call, input) : std::vector<Target>{{words[1], words.size() > 2 ? words[2] : otherwise}};
  auto array = open_named(call);
  const auto steps = steps_of(call, array, operation, targets);
  std::vector<Bits> results(steps.size());
  cli::must(array.change(operation, steps, results));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    print_element(call, words[0], array, steps[i].place, results[i]);
  }
  return 0;
}

void print_changed(cli::Call& call, const Array& array, std::uint64_t count) {
  if (call.output.json()) {
    call.output.result({}, array_json(call.operands[0], array).add("changed", count));
  }
}

/// SLICE VALUE...
int set_slice(cli::Call& call) {
  const auto part = part_of(call, call.operands[1]);
  const ItemInput input(call, 2);
  auto array = open_named(call);
  const auto range = array.range_of(part.slice);
  std::vector<Bits> numbers;
  for (const auto item : input.items()) {
    numbers.push_back(cli::must(object::parse_element(array.type(), item)));
  }
  if (numbers.size() != range.count) {
    refuse(call, fmt::format("the slice has {} elements, and {} values are given ('fill' sets all to one)", range.count,
                             numbers.size()));
  }
  cli::must(array.set(range, numbers));
  print_changed(call, array, range.count);
  return 0;
}

std::uint64_t place_in(const cli::Call& call, const Array& array, std::string_view word) {
  return cli::must(array.place_of(index_of(call, word)));
}
}  // namespace

int array_add(cli::Call& call) { return change_each(call, Operation::add, "1"); }
int array_max(cli::Call& call) { return change_each(call, Operation::max, {}); }
int array_min(cli::Call& call) { return change_each(call, Operation::min, {}); }

int array_set(cli::Call& call) {
  const auto& words = call.operands;
  const bool pairs = has_pairs(call);
  if (!pairs && words[1].find(':') != std::string::npos) {
    return set_slice(call);
  }
  std::vector<Target> targets;
  if (!pairs && words.size() % 2 == 0) {
    refuse(call, "each INDEX needs a VALUE (say INDEX VALUE..., INDEX=VALUE... or FROM:TO VALUE...)");
  }
  for (std::size_t i = 1; !pairs && i < words.size(); i += 2) {
    targets.push_back({words[i], words[i + 1]});
  }
  const ItemInput input(call, pairs ? 1 : words.size());
  if (pairs) {
    targets = pairs_in(call, input);
  }
  auto array = open_named(call);
  const auto steps = steps_of(call, array, Operation::set, targets);
  std::vector<Bits> results(steps.size());
  cli::must(array.change(Operation::set, steps, results));
  print_changed(call, array, steps.size());
  return 0;
}

int array_fill(cli::Call& call) {
  const auto part = call.operands.size() > 2 ? part_of(call, call.operands[2]) : Part{false, 0, {}};
  auto array = open_named(call);
  const Bits number = cli::must(object::parse_element(array.type(), call.operands[1]));
  const auto range = part.one ? Array::Range{cli::must(array.place_of(part.index)), 1} : array.range_of(part.slice);
  cli::must(array.set(range, std::span(&number, 1)));
  print_changed(call, array, range.count);
  return 0;
}

int array_swap(cli::Call& call) {
  auto array = open_named(call);
  const auto place = place_in(call, array, call.operands[1]);
  const Bits wanted = cli::must(object::parse_element(array.type(), call.operands[2]));
  print_element(call, call.operands[0], array, place, cli::must(array.swap(place, wanted)));
  return 0;
}

int array_cas(cli::Call& call) {
  auto array = open_named(call);
  const auto place = place_in(call, array, call.operands[1]);
  const Bits expected = cli::must(object::parse_element(array.type(), call.operands[2]));
  const Bits wanted = cli::must(object::parse_element(array.type(), call.operands[3]));
  cli::must(array.compare_and_set(place, expected, wanted));
  print_element(call, call.operands[0], array, place, wanted);
  return 0;
}

}  // namespace shm::verbs
