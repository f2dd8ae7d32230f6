#include "object/counter.hpp"
#include <functional>

namespace shm::object {

namespace {
using os::Code;
using os::fail;
using os::Result;

enum ConfigWord : std::uint8_t { config_min, config_max, config_on_limit, config_start };

std::uint64_t bits(std::int64_t number) noexcept { return static_cast<std::uint64_t>(number); }
std::int64_t number_of(std::uint64_t word) noexcept { return static_cast<std::int64_t>(word); }
}  // namespace

Result<CounterLimits> limits_of(const store::Header& header, std::string_view name) noexcept {
  CounterLimits limits;
  limits.min = number_of(header.config[config_min]);
  limits.max = number_of(header.config[config_max]);
  limits.start = number_of(header.config[config_start]);
  limits.on_limit = static_cast<OnLimit>(header.config[config_on_limit]);
  if (limits.on_limit > OnLimit::wrap || limits.min > limits.start || limits.start > limits.max ||
      !segment::Cell::is_cell(header)) {
    return std::unexpected(fail(Code::corrupt, "open counter", name, "its limits make no sense",
                                "it is damaged: look at it, then 'shmctl rm' it"));
  }
  return limits;
}

Result<void> Counter::create(const store::Store& store, std::string_view name, const CounterLimits& limits,
                             std::int64_t number, const Permissions& permissions) noexcept {
  const auto outside = [&](std::int64_t each) { return each < limits.min || each > limits.max; };
  if (limits.min > limits.max) {
    return std::unexpected(
        fail(Code::usage, "create counter", name, "its minimum is above its maximum", "swap --min and --max"));
  }
  if (outside(limits.start) || outside(number)) {
    return std::unexpected(fail(Code::range, "create counter", name, "its start is outside its limits",
                                "give a start between --min and --max"));
  }
  store::NewObject object;
  object.kind = static_cast<std::uint16_t>(Kind::counter);
  object.config[config_min] = bits(limits.min);
  object.config[config_max] = bits(limits.max);
  object.config[config_on_limit] = static_cast<std::uint64_t>(limits.on_limit);
  object.config[config_start] = bits(limits.start);
  permissions.apply_to(object);
  return create_named(store, name, [&] { return segment::Cell::create(store, name, object, bits(number)); });
}

Result<Counter> Counter::open(const store::Store& store, std::string_view name, os::Access access) noexcept {
  auto segment = open_kind(store, name, Kind::counter, access);
  if (!segment) {
    return std::unexpected(segment.error());
  }
  const auto limits = limits_of(segment->header(), name);
  if (!limits) {
    return std::unexpected(limits.error());
  }
  auto cell = segment::Cell::of(std::move(*segment));
  if (!cell) {
    return std::unexpected(cell.error());
  }
  Counter counter;
  counter.cell_ = std::move(*cell);
  counter.limits_ = *limits;
  return counter;
}

Result<std::int64_t> Counter::fit(Wide wanted) const noexcept {
  if (wanted >= limits_.min && wanted <= limits_.max) {
    return static_cast<std::int64_t>(wanted);
  }
  const bool above = wanted > limits_.max;
  switch (limits_.on_limit) {
    case OnLimit::saturate: return above ? limits_.max : limits_.min;
    case OnLimit::wrap: {
      const Wide span = static_cast<Wide>(limits_.max) - limits_.min + 1;
      const Wide rest = (wanted - limits_.min) % span;
      return static_cast<std::int64_t>(limits_.min + (rest < 0 ? rest + span : rest));
    }
    case OnLimit::fail: break;
  }
  return std::unexpected(fail(Code::range, "change counter", cell_.name(),
                              above ? "the result would be above its maximum" : "the result would be below its minimum",
                              "nothing was changed; see 'shmctl stat'"));
}

os::Result<std::int64_t> Counter::get() const noexcept {
  const auto number = cell_.load();
  return number ? Result<std::int64_t>(number_of(*number)) : std::unexpected(number.error());
}

template <class Change>
Result<std::int64_t> Counter::update(Change change) noexcept {
  std::int64_t after = 0;
  const auto before = cell_.update([&](std::uint64_t now) -> Result<std::uint64_t> {
    const Result<std::int64_t> wanted = change(number_of(now));
    if (!wanted) {
      return std::unexpected(wanted.error());
    }
    after = *wanted;
    return bits(after);
  });
  return before ? Result<std::int64_t>(after) : std::unexpected(before.error());
}

// Always by compare-and-exchange, even without limits: between a look at the number and a blind addition another
// process may set it to its largest, and the sum would wrap round.
Result<std::int64_t> Counter::add_slowly(std::int64_t amount) noexcept {
  return update([&](std::int64_t now) { return fit(Wide{now} + amount); });
}

Result<std::int64_t> Counter::swap(std::int64_t wanted) noexcept {
  std::int64_t before = 0;
  const auto after = update([&](std::int64_t now) {
    before = now;
    return fit(wanted);
  });
  return after ? Result<std::int64_t>(before) : after;
}

Result<std::int64_t> Counter::set(std::int64_t wanted) noexcept {
  return update([&](std::int64_t) { return fit(wanted); });
}

Result<std::int64_t> Counter::compare_and_set(std::int64_t expected, std::int64_t wanted,
                                              std::int64_t* found) noexcept {
  return update([&](std::int64_t now) -> Result<std::int64_t> {
    auto fitting = fit(wanted);
    if (fitting && now != expected) {
      if (found != nullptr) {
        *found = now;
      }
      return std::unexpected(fail(Code::lost, "compare counter", cell_.name(), "it holds another number"));
    }
    return fitting;
  });
}

template <class Better>
Result<std::int64_t> Counter::move_to(std::int64_t bound, Better better) noexcept {
  return update([&](std::int64_t now) -> Result<std::int64_t> {
    if (!better(bound, now)) {
      return now;
    }
    auto fitting = fit(bound);
    // Wrapped round or stopped at a limit, it may be no better than what is there.
    return !fitting || better(*fitting, now) ? fitting : now;
  });
}

Result<std::int64_t> Counter::raise_to(std::int64_t least) noexcept { return move_to(least, std::greater<>()); }
Result<std::int64_t> Counter::lower_to(std::int64_t most) noexcept { return move_to(most, std::less<>()); }

Result<std::int64_t> Counter::reset() noexcept {
  return update([&](std::int64_t) { return Result<std::int64_t>(limits_.start); });
}

}  // namespace shm::object
