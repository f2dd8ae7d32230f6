// Values of type text: set, appended to, compared, swapped, and removed by who reads them last.
#include <optional>
#include "object/text_value.hpp"
#include "soak/linear/objects.hpp"

namespace soak::linear {

namespace {
using shm::object::Presence;
using shm::object::TextValue;
using shm::os::Code;
using shm::os::Result;

constexpr std::uint64_t long_enough = 8000;  // then it is set anew

constexpr std::string_view verbs[] = {"get", "set", "append", "cas", "swap", "getdel"};
enum Verb : std::uint8_t { get, set, append, cas, swap, getdel };

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }
Numbers numbers_of(std::string_view text) { return {text_hash(text), text.size()}; }

class TextObject : public Object {
 public:
  TextObject(const shm::store::Store& store, std::string_view name) : store_(store), name_(name) {}

  void perform(Operation& operation) override {
    if (operation.verb == cas) {
      operation.in = {text_hash(known_), known_.size(), operation.in[0]};
    } else if (operation.verb == append && length_ > long_enough) {
      operation.verb = set;
    }
    const std::string content = text_of(operation.verb == cas ? operation.in[2] : operation.in[0]);
    switch (operation.verb) {
      case get: note_content(operation, with([](TextValue& value) { return value.get(); })); break;
      case swap:
        note_content(operation, with([&](TextValue& value) { return value.swap(bytes_of(content), 0); }));
        break;
      case getdel: note_content(operation, with([](TextValue& value) { return value.take(); })); break;
      case set: do_set(operation, content); break;
      case append: do_append(operation, content); break;
      default:
        note(operation,
             with([&](TextValue& value) { return value.compare_and_set(bytes_of(known_), bytes_of(content)); }));
        known_ = operation.outcome == done ? content : known_;
        break;
    }
  }

  State observe(std::span<const int> /*pids*/) override {
    const auto content = with([](TextValue& value) { return value.get(); });
    if (content) {
      return {1, text_hash(content->view()), content->size()};
    }
    return content.error().code == Code::absent ? State{0, 0, 0} : State{2};
  }

 protected:
  // As the program does: who finds the object it has open removed looks for another of its name.
  template <class Act>
  auto with(Act act) -> decltype(act(std::declval<TextValue&>())) {
    for (;;) {
      const bool fresh = !value_;
      if (fresh) {
        auto opened = TextValue::open(store_, name_, shm::os::Access::write);
        if (!opened) {
          return std::unexpected(opened.error());
        }
        value_ = std::move(*opened);
      }
      auto result = act(*value_);
      if (result || result.error().code != Code::absent) {
        return result;
      }
      value_.reset();
      if (fresh) {
        return result;
      }
    }
  }

  virtual void do_append(Operation& operation, const std::string& content) {
    const auto length =
        or_create(content, [&](TextValue& value) { return value.append(bytes_of(content), Presence::either); });
    note(operation, length);
    if (length) {
      length_ = *length;
      operation.out.add(*length);
    }
  }

  template <class Outcome>
  static void note(Operation& operation, const Outcome& result) {
    operation.outcome = result ? done : outcome_of(result.error());
  }

 private:
  template <class Act>
  Result<std::uint64_t> or_create(const std::string& content, Act act) {
    for (;;) {
      const auto result = with(act);
      if (result || result.error().code != Code::absent) {
        return result;
      }
      const auto created =
          TextValue::create(store_, name_, shm::object::Type::text, bytes_of(content), 0, shm::object::Permissions());
      if (created) {
        return content.size();
      }
      if (created.error().code != Code::exists) {
        return std::unexpected(created.error());
      }
    }
  }

  void do_set(Operation& operation, const std::string& content) {
    note(operation, or_create(content, [&](TextValue& value) -> Result<std::uint64_t> {
           const auto result = value.set(bytes_of(content), 0, Presence::either);
           return result ? Result<std::uint64_t>(0) : std::unexpected(result.error());
         }));
    known_ = content;
    length_ = content.size();
  }

  void note_content(Operation& operation, const Result<shm::os::Buffer>& content) {
    note(operation, content);
    if (content) {
      known_ = operation.verb == get ? content->view() : known_;
      length_ = content->size();
      operation.out = numbers_of(content->view());
    }
  }

  const shm::store::Store& store_;
  std::string name_;
  std::optional<TextValue> value_;
  std::string known_;         // what it may hold
  std::uint64_t length_ = 0;  // when last seen
};

template <class Own>
std::unique_ptr<Object> open(const shm::store::Store& store, std::string_view name) {
  return std::make_unique<Own>(store, name);
}

bool create(const shm::store::Store& store, std::string_view name) {
  return TextValue::create(store, name, shm::object::Type::text, bytes_of("first"), 0, {}).has_value();
}

void draw(Random& random, std::uint64_t unique, Operation& operation) {
  constexpr Verb usual[] = {get, get, get, set, set, append, append, append, append, cas, cas, cas, swap};
  operation.verb = random() % 40 == 0 ? getdel : usual[random() % std::size(usual)];
  operation.in = {unique};
}

bool step(State& state, const Operation& operation) {
  const bool present = state[0] != 0;
  const Numbers before = {state[1], state[2]};
  const auto becomes = [&](const std::string& content) { state = {1, text_hash(content), content.size()}; };
  switch (operation.verb) {
    case set: becomes(text_of(operation.in[0])); return seen(operation, done);
    case append: {
      const std::string more = text_of(operation.in[0]);
      if (present) {
        state = {1, text_hash(more, state[1]), state[2] + more.size()};
      } else {
        becomes(more);
      }
      return seen(operation, done, {state[2]});
    }
    default: break;
  }
  if (!present) {
    return seen(operation, failed(Code::absent));
  }
  switch (operation.verb) {
    case get: return seen(operation, done, before);
    case swap: becomes(text_of(operation.in[0])); return seen(operation, done, before);
    case getdel: state = {0, 0, 0}; return seen(operation, done, before);
    default:
      if (before != Numbers{operation.in[0], operation.in[1]}) {
        return seen(operation, failed(Code::lost));
      }
      becomes(text_of(operation.in[2]));
      return seen(operation, done);
  }
}

// Appends as a shell script would that knows no `append`.
class ForgetfulText : public TextObject {
 public:
  using TextObject::TextObject;

 protected:
  void do_append(Operation& operation, const std::string& content) override {
    std::string whole;
    const auto written = with([&](TextValue& value) -> Result<void> {
      const auto before = value.get();
      if (!before) {
        return std::unexpected(before.error());
      }
      whole = std::string(before->view()) + content;
      return value.set(bytes_of(whole), 0, Presence::existing);
    });
    if (!written) {
      TextObject::do_append(operation, content);
      return;
    }
    note(operation, written);
    operation.out.add(whole.size());
  }
};
}  // namespace

std::uint64_t text_hash(std::string_view text, std::uint64_t before) {
  for (const char each : text) {
    before = (before ^ static_cast<unsigned char>(each)) * 0x100000001b3U;
  }
  return before;
}

std::string text_of(std::uint64_t number) {
  std::string text = "<" + std::to_string(number) + ":";
  text.append(number % 7 == 0 ? number * 37 % 3000 : number % 40, static_cast<char>('a' + number % 26));
  return text + ">";
}

const Kind text_kind = {"text", verbs, create, open<TextObject>, draw, step};
const Kind forgetful_text = {"text that appends in two steps", verbs, create, open<ForgetfulText>, draw, step};

}  // namespace soak::linear
