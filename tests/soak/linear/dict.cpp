// Dicts: keys set, added to, compared, swapped and removed, two of them in one change, all of them read at one moment.
#include "object/dict.hpp"
#include <algorithm>
#include <charconv>
#include "soak/linear/objects.hpp"

namespace soak::linear {

namespace {
using shm::object::Dict;
using shm::object::DictValue;
using shm::os::Code;

constexpr std::uint64_t keys = 3;
constexpr std::uint64_t fields = 3;  // of a key in the state: 0 absent, 1 text, 2 number; the value's hash; the number

constexpr std::string_view verbs[] = {"get", "set", "incr", "cas", "del", "swap", "setdefault", "set two", "get all"};
enum Verb : std::uint8_t { get, set, incr, cas, del, swap, setdefault, set_two, get_all };

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }
std::string key_of(std::uint64_t key) { return "key-" + std::to_string(key); }

// What a number stands for: every third is a number.
bool is_number(std::uint64_t unique) { return unique % 3 == 0; }
std::string value_of(std::uint64_t unique) { return is_number(unique) ? std::to_string(unique) : text_of(unique); }

class DictObject : public Object {
 public:
  explicit DictObject(Dict dict) : dict_(std::move(dict)) {}

  void perform(Operation& operation) override {
    const std::uint64_t unique = operation.in[1];
    const std::string key = key_of(operation.in[0]);
    const std::string value = value_of(unique);
    switch (operation.verb) {
      case get: note_value(operation, dict_.get(bytes_of(key))); break;
      case swap: note_value(operation, dict_.swap(bytes_of(key), bytes_of(value), 0)); break;
      case setdefault: note_value(operation, dict_.set_default(bytes_of(key), bytes_of(value), 0)); break;
      case set: {
        const Dict::Pair pair = {bytes_of(key), bytes_of(value)};
        note(operation, dict_.set(std::span(&pair, 1), 0));
        known_[operation.in[0]] = value;
        break;
      }
      case set_two: {
        const std::string other = key_of(next(operation.in[0]));
        const std::string second = value_of(unique + 1);
        const Dict::Pair pairs[] = {{bytes_of(key), bytes_of(value)}, {bytes_of(other), bytes_of(second)}};
        note(operation, dict_.set(pairs, 0));
        break;
      }
      case incr: do_incr(operation, key, static_cast<std::int64_t>(unique)); break;
      case cas: {
        const std::string known = known_[operation.in[0]];
        operation.in.add(text_hash(known));
        note(operation, dict_.compare_and_set(bytes_of(key), bytes_of(known), bytes_of(value)));
        break;
      }
      case del: {
        const Dict::Bytes one = bytes_of(key);
        note(operation, dict_.remove(std::span(&one, 1), 0));
        break;
      }
      default: do_get_all(operation);
    }
  }

  State observe(std::span<const int> /*pids*/) override {
    State state;
    for (std::uint64_t key = 0; key < keys; ++key) {
      const auto value = dict_.get(bytes_of(key_of(key)));
      if (value) {
        state.insert(state.end(), {value->is_number() ? 2U : 1U, text_hash(value->view()),
                                   value->is_number() ? static_cast<std::uint64_t>(value->number()) : 0});
      } else {
        state.insert(state.end(), {value.error().code == Code::empty ? 0U : 9U, 0, 0});
      }
    }
    return state;
  }

  static std::uint64_t next(std::uint64_t key) { return (key + 1) % keys; }

 protected:
  template <class Outcome>
  static void note(Operation& operation, const Outcome& result) {
    operation.outcome = result ? done : outcome_of(result.error());
  }
  virtual void do_incr(Operation& operation, const std::string& key, std::int64_t amount) {
    const Dict::Amount one = {bytes_of(key), amount};
    std::int64_t sum = 0;
    note(operation, dict_.add(std::span(&one, 1), std::span(&sum, 1)));
    if (operation.outcome == done) {
      operation.out.add(static_cast<std::uint64_t>(sum));
    }
  }
  Dict dict_;

 private:
  void note_value(Operation& operation, const shm::os::Result<DictValue>& value) {
    note(operation, value);
    if (value) {
      known_[operation.in[0]] = value->view();
      operation.out.add(text_hash(value->view()));
    }
  }
  void do_get_all(Operation& operation) {
    std::string names[keys];
    Dict::Bytes all[keys];
    for (std::uint64_t key = 0; key < keys; ++key) {
      names[key] = key_of(key);
      all[key] = bytes_of(names[key]);
    }
    std::optional<DictValue> values[keys];
    const auto got = dict_.get(all, values);
    note(operation, got);
    for (std::uint64_t key = 0; got && key < keys; ++key) {
      operation.out.add(values[key] ? text_hash(values[key]->view()) : 0);
    }
  }
  std::string known_[keys];  // what each may hold
};

// Counts as a shell script would that knows no `incr`.
class ForgetfulDict : public DictObject {
 public:
  using DictObject::DictObject;

 protected:
  void do_incr(Operation& operation, const std::string& key, std::int64_t amount) override {
    const auto before = dict_.get(bytes_of(key));
    if (!before || !before->is_number()) {
      DictObject::do_incr(operation, key, amount);
      return;
    }
    const std::string sum = std::to_string(before->number() + amount);
    const Dict::Pair pair = {bytes_of(key), bytes_of(sum)};
    note(operation, dict_.set(std::span(&pair, 1), 0));
    operation.out.add(static_cast<std::uint64_t>(before->number() + amount));
  }
};

bool create(const shm::store::Store& store, std::string_view name) {
  return Dict::create(store, name, {}, {}).has_value();
}

void draw(Random& random, std::uint64_t unique, Operation& operation) {
  constexpr Verb usual[] = {get, get, set,  set,        incr,    incr,    incr,   cas,
                            cas, del, swap, setdefault, set_two, get_all, get_all};
  operation.verb = usual[random() % std::size(usual)];
  operation.in = {random() % keys, unique};
}

bool step(State& state, const Operation& operation) {
  state.resize(keys * fields);
  std::uint64_t* one = &state[operation.in[0] * fields];
  const bool there = one[0] != 0;
  const auto hold = [&](std::uint64_t key, const std::string& value, bool number) {
    std::int64_t parsed = 0;
    if (number) {
      std::from_chars(value.data(), value.data() + value.size(), parsed);
    }
    std::uint64_t* at = &state[key * fields];
    at[0] = number ? 2 : 1;
    at[1] = text_hash(value);
    at[2] = static_cast<std::uint64_t>(parsed);
  };
  const auto becomes = [&](std::uint64_t key, std::uint64_t unique) { hold(key, value_of(unique), is_number(unique)); };
  const std::uint64_t before = one[1];
  switch (operation.verb) {
    case set: becomes(operation.in[0], operation.in[1]); return seen(operation, done);
    case set_two:
      becomes(operation.in[0], operation.in[1]);
      becomes(DictObject::next(operation.in[0]), operation.in[1] + 1);
      return seen(operation, done);
    case get_all: return seen(operation, done, {state[1], state[1 + fields], state[1 + 2 * fields]});
    case setdefault:
      if (!there) {
        becomes(operation.in[0], operation.in[1]);
      }
      return seen(operation, done, {one[1]});
    case incr: {
      if (one[0] == 1) {
        return seen(operation, failed(Code::wrong_kind));
      }
      const std::uint64_t sum = (there ? one[2] : 0) + operation.in[1];
      hold(operation.in[0], std::to_string(static_cast<std::int64_t>(sum)), true);
      return seen(operation, done, {sum});
    }
    default: break;
  }
  if (!there) {
    return seen(operation, failed(Code::empty));
  }
  switch (operation.verb) {
    case get: return seen(operation, done, {before});
    case swap: becomes(operation.in[0], operation.in[1]); return seen(operation, done, {before});
    case del: std::fill_n(one, fields, 0); return seen(operation, done);
    default:
      if (before != operation.in[2]) {
        return seen(operation, failed(Code::lost));
      }
      becomes(operation.in[0], operation.in[1]);
      return seen(operation, done);
  }
}
}  // namespace

const Kind dict_kind = {"dict", verbs, create, open_as<Dict, DictObject>, draw, step};
const Kind forgetful_dict = {"dict that counts in two steps", verbs, create, open_as<Dict, ForgetfulDict>, draw, step};

}  // namespace soak::linear
