#include "verbs/counter.hpp"
#include <fmt/core.h>
#include <limits>
#include "object/counter.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

namespace {
using object::Counter;
using os::Code;
using os::Result;

struct Target {
  std::string name;
  std::int64_t number;
};

std::int64_t number_in(std::string_view text) {
  return cli::must(object::parse_scalar(object::Type::int64, text)).as_int();
}

/// NAME N, or NAME[=N]... If `otherwise` is null, each name needs a number.
std::vector<Target> targets_of(const cli::Call& call, const std::int64_t* otherwise) {
  const auto& words = call.operands;
  // A second word that begins as a number does is one, lest a slip in it makes a counter of that name.
  const bool pair = words.size() == 2 && words[0].find('=') == std::string::npos &&
                    words[1].find('=') == std::string::npos &&
                    (otherwise == nullptr || words[1].find_first_of("+-0123456789") == 0);
  if (pair) {
    return {{words[0], number_in(words[1])}};
  }
  std::vector<Target> targets;
  for (const auto& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos && otherwise == nullptr) {
      refuse(call, fmt::format("'{}': its number is missing (say NAME N, or NAME=N for several)", word));
    }
    const std::int64_t number = equals == std::string::npos ? *otherwise : number_in(word.substr(equals + 1));
    targets.push_back({word.substr(0, equals), number});
    cli::must(store::check_name(targets.back().name));  // all are read before the first is changed
  }
  return targets;
}

void print(cli::Call& call, std::string_view name, std::int64_t number) {
  if (!call.output.json()) {  // the way of every shell call: no JSON is made for it
    call.output.line(object::format_scalar(object::Scalar::of(number)).view());
    return;
  }
  call.output.result({}, cli::Json().add("name", name).add("kind", "counter").add("value", number));
}

void report_or_print(cli::Call& call, std::string_view name, const Result<std::int64_t>& number) {
  if (number) {
    print(call, name, *number);
  } else {
    call.report(number.error());
  }
}

/// What to do with a counter that is there, and what makes one that is not.
struct Change {
  Creation creation = Creation::either;
  std::int64_t initial = 0;  ///< what a new counter holds afterwards
  std::int64_t printed = 0;  ///< what is printed for a new one
};

template <class Operation>
Result<std::int64_t> change(const store::Store& store, std::string_view name, const Change& how, Operation operation) {
  using_object(name);
  // A name that comes and goes under other processes' hands is met again; each turn somebody else got something done.
  for (;;) {
    if (how.creation != Creation::fresh) {
      auto counter = Counter::open(store, name, os::Access::write);
      // It may be removed between the two.
      const auto done = counter ? operation(*counter) : Result<std::int64_t>(std::unexpected(counter.error()));
      if (done || done.error().code != Code::absent || how.creation == Creation::existing) {
        return done;
      }
    }
    const auto created = Counter::create(store, name, object::CounterLimits(), how.initial, object::Permissions());
    if (created) {
      return how.printed;
    }
    if (created.error().code != Code::exists || how.creation == Creation::fresh) {
      return std::unexpected(created.error());
    }
  }
}

const store::Store& store_for(const cli::Call& call, Creation creation) {
  return open_store(call, creation == Creation::existing ? store::Missing::refuse : store::Missing::create);
}

/// Shared by the verbs of the form NAME N | NAME[=N]...: `make` says for one target what a new counter holds.
template <class Make, class Operation>
int change_each(cli::Call& call, const std::vector<Target>& targets, Make make, Operation operation) {
  const Creation creation = creation_of(call);
  const auto& store = store_for(call, creation);
  for (const auto& target : targets) {
    Change how = make(target.number);
    how.creation = creation;
    report_or_print(call, target.name, change(store, target.name, how, [&](Counter& counter) {
                      return operation(counter, target.number);
                    }));
  }
  return call.status();
}

std::int64_t limit_of(const cli::Call& call, std::string_view option, std::int64_t otherwise) {
  const auto said = call.argument(option);
  return said ? number_in(*said) : otherwise;
}

constexpr std::int64_t one = 1;
Change holding(std::int64_t number) { return {Creation::either, number, number}; }
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

int counter_incr(cli::Call& call) {
  return change_each(call, targets_of(call, &one), holding,
                     [](Counter& counter, std::int64_t amount) { return counter.add(amount); });
}

int counter_decr(cli::Call& call) {
  const auto targets = targets_of(call, &one);
  for (const auto& target : targets) {
    if (target.number == std::numeric_limits<std::int64_t>::min()) {
      throw cli::Failure(
          os::fail(Code::range, "decrement", target.name, "the amount's negation does not fit", "nothing was changed"));
    }
  }
  return change_each(
      call, targets, [](std::int64_t amount) { return holding(-amount); },
      [](Counter& counter, std::int64_t amount) { return counter.add(-amount); });
}

int counter_set(cli::Call& call) {
  return change_each(call, targets_of(call, nullptr), holding,
                     [](Counter& counter, std::int64_t number) { return counter.set(number); });
}

int counter_swap(cli::Call& call) {
  return change_each(
      call, targets_of(call, nullptr), [](std::int64_t number) { return Change{Creation::either, number, 0}; },
      [](Counter& counter, std::int64_t number) { return counter.swap(number); });
}

int counter_max(cli::Call& call) {
  return change_each(call, targets_of(call, nullptr), holding,
                     [](Counter& counter, std::int64_t number) { return counter.raise_to(number); });
}

int counter_min(cli::Call& call) {
  return change_each(call, targets_of(call, nullptr), holding,
                     [](Counter& counter, std::int64_t number) { return counter.lower_to(number); });
}

int counter_cas(cli::Call& call) {
  const auto& name = call.operands[0];
  const std::int64_t expected = number_in(call.operands[1]);
  const std::int64_t wanted = number_in(call.operands[2]);
  const auto& store = open_store(call, store::Missing::refuse);
  report_or_print(call, name, change(store, name, {Creation::existing, 0, 0}, [&](Counter& counter) {
                    return counter.compare_and_set(expected, wanted);
                  }));
  return call.status();
}

int counter_reset(cli::Call& call) {
  const auto& store = open_store(call, store::Missing::refuse);
  for (const auto& name : call.operands) {
    report_or_print(call, name, change(store, name, {Creation::existing, 0, 0}, [](Counter& counter) {
                      return Result<std::int64_t>(counter.reset());
                    }));
  }
  return call.status();
}

int counter_get(cli::Call& call) {
  const auto otherwise = call.argument("default");
  const std::int64_t absent_value = otherwise ? number_in(*otherwise) : 0;
  for (const auto& name : call.operands) {
    cli::must(store::check_name(name));
  }
  const auto* store = otherwise ? find_store(call) : &open_store(call, store::Missing::refuse);
  for (const auto& name : call.operands) {
    using_object(name);
    Result<std::int64_t> number = absent_value;
    if (store != nullptr) {
      const auto counter = Counter::open(*store, name, os::Access::read);
      if (counter) {
        number = counter->get();
      } else if (!otherwise || counter.error().code != Code::absent) {
        number = std::unexpected(counter.error());
      }
    }
    report_or_print(call, name, number);
  }
  return call.status();
}

}  // namespace shm::verbs
