// The workloads of kind array: one element by an atomic instruction, several by a transaction. And of kind block, of
// which only its numbers change as a whole.
#include <cstring>
#include <memory>
#include "kinds.hpp"
#include "object/array.hpp"
#include "object/block.hpp"
#include "report.hpp"
#include "state.hpp"

namespace crash {

using shm::object::Array;
using shm::object::Bits;
using shm::os::Access;
using shm::os::Code;
using shm::segment::Reader;
using shm::store::Store;
using Operation = Array::Operation;

namespace {
constexpr std::uint64_t length = 700;  // of int16: their words are more than the first part of the log has
constexpr std::uint64_t shown = 12;

using Step = std::function<Outcome(Array&)>;

std::string content(const Store& store, Access access) {
  const auto array = Array::open(store, object_name, access);
  if (!array) {
    return array.error().code == Code::absent ? std::string(absent) : "error: " + text(array.error());
  }
  const Array::Range all{0, length};
  shm::os::Buffer bytes;
  if (const auto got = array->get(std::span(&all, 1), bytes); !got) {
    return got.error().code == Code::absent ? std::string(absent) : "error: " + text(got.error());
  }
  std::string seen;
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < length; ++i) {
    std::int16_t element = 0;
    std::memcpy(&element, bytes.data() + i * sizeof element, sizeof element);
    const auto one = array->get(i);
    if (!one || static_cast<std::int16_t>(*one) != element) {
      return "error: an element is another when it is read alone";
    }
    seen += i < shown ? std::to_string(element) + " " : "";
    sum = sum * 31 + static_cast<std::uint16_t>(element);
  }
  return seen + "... " + std::to_string(sum);
}

Workload workload(std::string name, Step act, bool one_word, bool again = false) {
  const auto operation = [act = std::move(act)](const Store& store) -> Act {
    auto opened = Array::open(store, object_name, Access::write);
    if (!opened) {
      return [error = opened.error()] { return Outcome(error); };
    }
    return [array = std::make_shared<Array>(std::move(*opened)), act] { return act(*array); };
  };
  Workload made{std::move(name), [](const Store&) {}, operation, again};
  made.one_word = one_word;
  return made;
}

Step changed(Operation operation, std::vector<std::pair<std::uint64_t, std::int64_t>> numbers) {
  return [=](Array& array) {
    std::vector<Array::Step> steps;
    for (const auto& [place, number] : numbers) {
      steps.push_back(
          {place, {static_cast<Bits>(number) & (operation == Operation::add ? ~Bits{0} : 0xffff), number < 0}});
    }
    std::vector<Bits> results(steps.size());
    return outcome_of(array.change(operation, steps, results));
  };
}

// It is refused, and changes nothing.
Step refused(Step step) {
  return [=](Array& array) -> Outcome {
    const auto outcome = step(array);
    if (!outcome) {
      return shm::os::fail(Code::system, "try", object_name, "it should be refused");
    }
    return outcome->code == Code::range ? Outcome() : outcome;
  };
}

Step filled(Array::Range range, Bits number) {
  return [=](Array& array) { return outcome_of(array.set(range, std::span(&number, 1))); };
}

void create(const Store& store) {
  std::vector<Bits> numbers(length);
  for (std::uint64_t i = 0; i < length; ++i) {
    numbers[i] = i * 3 + 1;
  }
  must(outcome_of(Array::create(store, object_name, shm::object::Element::int16, numbers, {})));
}
}  // namespace

Kind array_kind() {
  Kind kind;
  kind.name = "array";
  kind.create = create;
  kind.content = content;
  kind.blocks = [](const Reader&) { return std::vector<Block>(); };
  kind.fixed = length * 2;
  auto& all = kind.workloads;
  all.push_back(workload("set", changed(Operation::set, {{1, -5}}), true, true));
  all.push_back(workload("add", changed(Operation::add, {{5, -7}}), true, true));
  all.push_back(workload("max", changed(Operation::max, {{length - 1, 9999}}), true, true));
  all.push_back(workload("swap", [](Array& array) { return outcome_of(array.swap(2, 77)); }, true, true));
  all.push_back(
      workload("compare and set", [](Array& array) { return outcome_of(array.compare_and_set(3, 10, 11)); }, true));
  all.push_back(workload("set several", changed(Operation::set, {{0, 1000}, {9, 1001}, {10, 1002}}), false, true));
  all.push_back(workload("add several", changed(Operation::add, {{0, 5}, {7, -5}, {600, 1}}), false, true));
  all.push_back(
      workload("add to one twice", changed(Operation::add, {{0, 5}, {4, 1}, {1, 1}, {0, 7}, {4, -3}}), false, true));
  all.push_back(
      workload("add what does not fit", refused(changed(Operation::add, {{0, 5}, {1, 7}, {2, 40000}})), false, true));
  all.push_back(workload("fill some", filled({3, 20, 1}, 4), false, true));
  all.push_back(workload("fill backwards", filled({300, 30, -9}, 4), false, true));
  all.push_back(workload("fill all", filled({0, length, 1}, 8), false, true));
  return kind;
}

Kind block_kind() {
  using shm::object::Block;
  Kind kind;
  kind.name = "block";
  kind.create = [](const Store& store) { must(outcome_of(Block::create(store, object_name, 64, {}, {}))); };
  kind.content = [](const Store& store, Access access) {
    const auto block = Block::open(store, object_name, access);
    std::string bytes(64, '?');
    if (!block || !block->read(0, std::as_writable_bytes(std::span(bytes)))) {
      return std::string("error");
    }
    std::string seen;
    for (const char each : bytes) {
      seen += std::to_string(static_cast<unsigned char>(each)) + " ";
    }
    return seen;
  };
  const auto add = [&](const char* name, const std::function<Outcome(Block&)>& act) {
    const auto operation = [act](const Store& store) -> Act {
      const auto block = std::make_shared<Block>(must(Block::open(store, object_name, Access::write)));
      return [block, act] { return act(*block); };
    };
    kind.workloads.push_back({name, [](const Store&) {}, operation});
  };
  add("compare and set", [](Block& block) {
    std::uint64_t seen = 0;
    return outcome_of(block.compare_and_set(Block::Width::bits64, 8, seen, ~std::uint64_t{0}));
  });
  add("add 32", [](Block& block) { return outcome_of(block.add(Block::Width::bits32, 4, 0x01020304)); });
  return kind;
}

}  // namespace crash
