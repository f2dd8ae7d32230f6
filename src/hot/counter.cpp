#include "hot/counter.hpp"
#include <limits>
#include "hot/creation.hpp"
#include "object/counter.hpp"

namespace shm::hot {

namespace {
using object::Counter;
using object::Scalar;
using os::Code;
using os::Result;

Result<std::int64_t> number_in(std::string_view text) noexcept {
  const auto number = object::parse_scalar(object::Type::int64, text);
  return number ? Result<std::int64_t>(number->as_int()) : std::unexpected(number.error());
}

struct Target {
  std::string_view name;
  std::int64_t number = 0;
};

/// NAME N, or NAME[=N]...: which counters, each with a number. They are read twice, so that nothing is kept of them:
/// all before the first is changed, and each when its turn has come.
class Targets {
 public:
  /// If `otherwise` is null, each name needs a number.
  Targets(const Words& words, const std::int64_t* otherwise) noexcept
      : operands_(words.operands), otherwise_(otherwise) {
    // A second word that begins as a number does is one, lest a slip in it makes a counter of that name.
    pair_ = operands_.size() == 2 && operands_[0].find('=') == std::string_view::npos &&
            operands_[1].find('=') == std::string_view::npos &&
            (otherwise == nullptr || operands_[1].find_first_of("+-0123456789") == 0);
  }

  [[nodiscard]] std::size_t size() const noexcept { return pair_ ? 1 : operands_.size(); }

  [[nodiscard]] Result<Target> at(std::size_t index) const noexcept {
    const std::string_view word = operands_[index];
    const auto equals = pair_ ? word.size() : word.find('=');
    Target target{word.substr(0, equals), 0};
    if (equals == std::string_view::npos) {
      target.number = *otherwise_;
      return target;
    }
    const auto number = number_in(pair_ ? operands_[1] : word.substr(equals + 1));
    if (!number) {
      return std::unexpected(number.error());
    }
    target.number = *number;
    return target;
  }

  /// The first word that has no number where each needs one; no word at all: none.
  [[nodiscard]] std::string_view without_number() const noexcept {
    if (otherwise_ != nullptr || pair_) {
      return {};
    }
    for (const auto word : operands_) {
      if (word.find('=') == std::string_view::npos) {
        return word;
      }
    }
    return {};
  }

  /// Calls `act(target)`, which returns a Result<void>, for each, until one fails.
  template <class Act>
  [[nodiscard]] Result<void> each(Act act) const {
    for (std::size_t i = 0; i < size(); ++i) {
      const auto target = at(i);
      if (!target) {
        return std::unexpected(target.error());
      }
      if (auto done = act(*target); !done) {
        return done;
      }
    }
    return {};
  }

 private:
  std::span<const std::string_view> operands_;
  const std::int64_t* otherwise_;
  bool pair_ = false;
};

void answer(Host& host, std::string_view name, const Result<std::int64_t>& number) {
  if (number) {
    host.answer(name, "counter", Scalar::of(*number));
  } else {
    host.report(number.error());
  }
}

/// What to do with a counter that is there, and what makes one that is not.
struct Change {
  Creation creation = Creation::either;
  std::int64_t initial = 0;  ///< what a new counter holds afterwards
  std::int64_t printed = 0;  ///< what is printed for a new one
};

template <class Operation>
Result<std::int64_t> change(Host& host, const store::Store& store, std::string_view name, const Change& how,
                            Operation operation) {
  host.using_object(name);
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

/// Shared by the verbs of the form NAME N | NAME[=N]...: `make` says for one target what a new counter holds, and
/// `check` what is wrong with it before anything is done.
template <class Check, class Make, class Operation>
Result<int> change_each(const Words& words, Host& host, const std::int64_t* otherwise, Check check, Make make,
                        Operation operation) {
  const Targets targets(words, otherwise);
  if (const auto word = targets.without_number(); word.data() != nullptr) {
    return host.refuse(
        os::Text<1000>("'").add(word).add("': its number is missing (say NAME N, or NAME=N for several)").view());
  }
  // All are read before the first is changed.
  if (auto good = targets.each([&](const Target& target) {
        auto valid = store::check_name(target.name);
        return valid ? check(target) : valid;
      });
      !good) {
    return std::unexpected(good.error());
  }
  const auto creation = creation_of(words);
  if (!creation) {
    return host.refuse(both_said);
  }
  const auto store = host.open_store(*creation == Creation::existing ? store::Missing::refuse : store::Missing::create);
  if (!store) {
    return std::unexpected(store.error());
  }
  (void)targets.each([&](const Target& target) -> Result<void> {
    Change how = make(target.number);
    how.creation = *creation;
    answer(host, target.name, change(host, **store, target.name, how, [&](Counter& counter) {
             return operation(counter, target.number);
           }));
    return {};
  });
  return 0;
}

constexpr std::int64_t one = 1;
Change holding(std::int64_t number) noexcept { return {Creation::either, number, number}; }
Result<void> good(const Target& /*target*/) noexcept { return {}; }

/// NAME N | NAME=N..., of which a new counter holds N.
template <class Operation>
Result<int> put_each(const Words& words, Host& host, Operation operation) {
  return change_each(words, host, nullptr, good, holding, operation);
}
}  // namespace

Result<int> counter_incr(const Words& words, Host& host) {
  return change_each(words, host, &one, good, holding,
                     [](Counter& counter, std::int64_t amount) { return counter.add(amount); });
}

Result<int> counter_decr(const Words& words, Host& host) {
  const auto has_negation = [](const Target& target) -> Result<void> {
    if (target.number == std::numeric_limits<std::int64_t>::min()) {
      return std::unexpected(
          os::fail(Code::range, "decrement", target.name, "the amount's negation does not fit", "nothing was changed"));
    }
    return {};
  };
  return change_each(
      words, host, &one, has_negation, [](std::int64_t amount) { return holding(-amount); },
      [](Counter& counter, std::int64_t amount) { return counter.add(-amount); });
}

Result<int> counter_set(const Words& words, Host& host) {
  return put_each(words, host, [](Counter& counter, std::int64_t number) { return counter.set(number); });
}

Result<int> counter_max(const Words& words, Host& host) {
  return put_each(words, host, [](Counter& counter, std::int64_t number) { return counter.raise_to(number); });
}

Result<int> counter_min(const Words& words, Host& host) {
  return put_each(words, host, [](Counter& counter, std::int64_t number) { return counter.lower_to(number); });
}

Result<int> counter_swap(const Words& words, Host& host) {
  return change_each(
      words, host, nullptr, good, [](std::int64_t number) { return Change{Creation::either, number, 0}; },
      [](Counter& counter, std::int64_t number) { return counter.swap(number); });
}

Result<int> counter_cas(const Words& words, Host& host) {
  const auto name = words.operands[0];
  const auto expected = number_in(words.operands[1]);
  const auto wanted = number_in(words.operands[2]);
  if (!expected || !wanted) {
    return std::unexpected((expected ? wanted : expected).error());
  }
  const auto store = host.open_store(store::Missing::refuse);
  if (!store) {
    return std::unexpected(store.error());
  }
  answer(host, name, change(host, **store, name, {Creation::existing, 0, 0}, [&](Counter& counter) {
           return counter.compare_and_set(*expected, *wanted);
         }));
  return 0;
}

Result<int> counter_reset(const Words& words, Host& host) {
  const auto store = host.open_store(store::Missing::refuse);
  if (!store) {
    return std::unexpected(store.error());
  }
  for (const auto name : words.operands) {
    answer(host, name,
           change(host, **store, name, {Creation::existing, 0, 0}, [](Counter& counter) { return counter.reset(); }));
  }
  return 0;
}

Result<int> counter_get(const Words& words, Host& host) {
  const auto said = words.argument("default");
  const auto otherwise = said ? number_in(*said) : Result<std::int64_t>(0);
  if (!otherwise) {
    return std::unexpected(otherwise.error());
  }
  for (const auto name : words.operands) {
    if (auto valid = store::check_name(name); !valid) {
      return std::unexpected(valid.error());
    }
  }
  const auto store = host.open_store(store::Missing::refuse);
  if (!store && !(said && store.error().code == Code::absent)) {
    return std::unexpected(store.error());
  }
  for (const auto name : words.operands) {
    host.using_object(name);
    Result<std::int64_t> number = *otherwise;
    if (store) {
      const auto counter = Counter::open(**store, name, os::Access::read);
      if (counter) {
        number = counter->get();
      } else if (!said || counter.error().code != Code::absent) {
        number = std::unexpected(counter.error());
      }
    }
    answer(host, name, number);
  }
  return 0;
}

}  // namespace shm::hot
