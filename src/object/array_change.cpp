// What changes an array.
#include <array>
#include "object/array.hpp"
#include "segment/region_word.hpp"

namespace shm::object {

using os::Code;
using os::fail;
using os::Result;

os::Error Array::does_not_fit() const noexcept {
  return fail(Code::range, "add to array", region_.name(), "the sum does not fit its type", "nothing was changed");
}

bool Array::apply(Operation operation, Bits now, Amount amount, Bits& next) const noexcept {
  switch (operation) {
    case Operation::set: next = amount.bits; return true;
    case Operation::add: return add_to(type_, now, amount, next);
    case Operation::max: next = less(type_, now, amount.bits) ? amount.bits : now; return true;
    default: next = less(type_, amount.bits, now) ? amount.bits : now; return true;
  }
}

template <class Wanted>
Result<bool> Array::change_one(std::uint64_t place, Wanted wanted) noexcept {
  const At here = at(place);
  return region_.change_word(here.word, [&](std::uint64_t now, std::uint64_t& next) {
    Bits element = element_in(now, here.byte);
    if (!wanted(element, element)) {
      return false;
    }
    next = with_element(now, here.byte, element);
    return true;
  });
}

Result<void> Array::change(Operation operation, std::span<const Step> steps, std::span<Bits> results) noexcept {
  if (steps.size() == 1) {
    const auto done = change_one(steps[0].place, [&](Bits now, Bits& next) {
      const bool fits = apply(operation, now, steps[0].amount, next);
      results[0] = next;
      return fits;
    });
    return !done ? std::unexpected(done.error()) : *done ? Result<void>() : std::unexpected(does_not_fit());
  }
  if (steps.empty()) {
    return {};
  }
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const At here = at(steps[i].place);
    const bool fits = change->set_shared(here.word, [&](std::uint64_t now, std::uint64_t& next) {
      const bool well = apply(operation, element_in(now, here.byte), steps[i].amount, results[i]);
      next = with_element(now, here.byte, results[i]);
      return well;
    });
    if (!fits) {
      change->fail(does_not_fit());
      break;
    }
  }
  return change->commit();
}

Result<Bits> Array::swap(std::uint64_t place, Bits wanted) noexcept {
  Bits before = 0;
  const auto done = change_one(place, [&](Bits now, Bits& next) {
    before = now;
    next = wanted;
    return true;
  });
  return done ? Result<Bits>(before) : std::unexpected(done.error());
}

Result<void> Array::compare_and_set(std::uint64_t place, Bits expected, Bits wanted) noexcept {
  const auto done = change_one(place, [&](Bits now, Bits& next) {
    next = wanted;
    return equal(type_, now, expected);
  });
  if (!done) {
    return std::unexpected(done.error());
  }
  return *done ? Result<void>()
               : std::unexpected(fail(Code::lost, "compare array", region_.name(), "the element is another number"));
}

// Elements of the same word that follow one another are changed together.
Result<void> Array::set(Range range, std::span<const Bits> numbers) noexcept {
  const auto number = [&](std::uint64_t i) { return numbers[numbers.size() == 1 ? 0 : i]; };
  if (range.count == 1) {
    const Step step{range.first, {number(0), false}};
    Bits result = 0;
    return change(Operation::set, std::span(&step, 1), std::span(&result, 1));
  }
  if (range.count == 0) {
    return {};
  }
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  std::uint64_t place = range.first;
  for (std::uint64_t i = 0; i < range.count && !change->failed();) {
    const segment::Ref word = at(place).word;
    const Bits all = ~std::uint64_t{0};
    std::uint64_t covered = 0;
    std::uint64_t bits = 0;
    for (At here = at(place); i < range.count && here.word == word; here = at(place)) {
      covered = with_element(covered, here.byte, all);
      bits = with_element(bits, here.byte, number(i));
      ++i;
      place += static_cast<std::uint64_t>(range.step);
    }
    change->set_shared(word, [&](std::uint64_t now, std::uint64_t& next) {
      next = (now & ~covered) | bits;
      return true;
    });
  }
  return change->commit();
}

}  // namespace shm::object
