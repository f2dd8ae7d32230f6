#include "hot/value.hpp"
#include <algorithm>
#include "hot/value_text.hpp"
#include "object/value.hpp"
#include "os/text.hpp"

namespace shm::hot {

namespace {
using object::Scalar;
using object::Type;
using object::Value;
using os::Access;
using os::Code;
using os::fail;
using os::Result;

constexpr std::string_view only_texts_end = "--ttl is for text and bytes only";

/// An amount is of the value's type; for a uint it may be negative, which is an int.
Result<Scalar> read_amount(Type type, std::string_view text) noexcept {
  const bool negative = type == Type::uint64 && text.starts_with('-');
  return type == Type::boolean ? Scalar{type, 0} : object::parse_scalar(negative ? Type::int64 : type, text);
}

/// What --ttl says, in nanoseconds; 0 without it, -1 if it makes no sense: then the host was told.
std::int64_t ttl_of(const Words& words, Host& host) {
  const auto said = words.argument("ttl");
  if (!said) {
    return 0;
  }
  const std::int64_t ttl_ns = host.time_said("ttl", *said);
  if (ttl_ns != 0) {
    return ttl_ns;
  }
  (void)host.refuse(
      os::Text<512>("--ttl '").add(*said).add("': must be more than 0 ('shmctl rm' removes it now)").view());
  return -1;
}

/// The status that a hot verb ends with: what is wrong, or done.
Result<int> status_of(const Result<void>& done) { return done ? Result<int>(0) : std::unexpected(done.error()); }

Result<int> answer(Host& host, std::string_view name, const Result<Scalar>& number) {
  if (!number) {
    return std::unexpected(number.error());
  }
  host.answer(name, "value", *number);
  return 0;
}

Result<void> get(Host& host, const store::Store& store, std::string_view name) {
  const auto value = Value::open(store, name, Access::read);
  if (!value) {
    return value.error().code == Code::wrong_kind ? get_text(host, store, name) : std::unexpected(value.error());
  }
  const auto number = value->get();
  if (!number) {
    return std::unexpected(number.error());
  }
  host.answer(name, "value", *number);
  return {};
}

/// Whether a float is among them, which the whole program prints: then it says anew what was said of others.
bool needs_whole_program(const store::Store& store, std::span<const std::string_view> names) noexcept {
#ifdef SHMCTL_FREESTANDING
  return std::any_of(names.begin(), names.end(), [&store](std::string_view name) {
    const auto value = Value::open(store, name, Access::read);
    return value && value->type() == Type::float64;
  });
#else
  (void)store, (void)names;
  return false;
#endif
}

/// Sets the value, if it is there; not_mine for what the host was told.
Result<int> set_number(Host& host, Value& value, const Setting& how, std::string_view word, bool& done) {
  if (how.ttl_ns != 0) {
    done = true;
    return host.refuse(only_texts_end);
  }
  if (how.said != Type::none && how.said != value.type()) {
    return std::unexpected(other_type(how.name));
  }
  const auto wanted = object::parse_scalar(value.type(), word);
  if (!wanted) {
    return std::unexpected(wanted.error());
  }
  if (auto set = value.set(*wanted); !set) {
    return set.error().code == Code::absent ? Result<int>(0) : std::unexpected(set.error());
  }
  done = true;
  return answer(host, how.name, wanted);
}

/// Sets what is there, be it a number or a text. `done`: it was.
Result<int> set_existing(Host& host, const store::Store& store, const Setting& how, std::string_view word,
                         Content& content, bool& done) {
  auto value = Value::open(store, how.name, Access::write);
  if (value) {
    return set_number(host, *value, how, word, done);
  }
  if (value.error().code != Code::wrong_kind) {
    return value.error().code == Code::absent ? Result<int>(0) : std::unexpected(value.error());
  }
  const auto found = set_text(host, store, how, content);
  if (!found) {
    return std::unexpected(found.error());
  }
  done = *found == Found::done;
  return 0;
}

/// Creates what --type says. Code::exists.
Result<void> create(Host& host, const store::Store& store, const Setting& how, std::string_view word,
                    Content& content) {
  if (object::is_text(how.said)) {
    return create_text(host, store, how, content);
  }
  const auto start = object::parse_scalar(how.said, word);
  if (!start) {
    return std::unexpected(start.error());
  }
  auto created = Value::create(store, how.name, *start, object::Permissions());
  if (created) {
    host.answer(how.name, "value", *start);
  }
  return created;
}

/// Calls `act(store, name, value)`, which returns the verb's result, with the value that the first operand names, open
/// for a change, or with why it is not.
template <class Act>
Result<int> with_value(const Words& words, Host& host, Act act) {
  const auto store = host.open_store(store::Missing::refuse);
  if (!store) {
    return std::unexpected(store.error());
  }
  const auto name = words.operands[0];
  host.using_object(name);
  return act(**store, name, Value::open(**store, name, Access::write));
}
}  // namespace

Result<int> value_get(const Words& words, Host& host) {
  for (const auto name : words.operands) {
    if (auto valid = store::check_name(name); !valid) {
      return std::unexpected(valid.error());
    }
  }
  const auto otherwise = words.argument("default");
  const auto store = host.open_store(store::Missing::refuse);
  if (!store && !(otherwise && store.error().code == Code::absent)) {
    return std::unexpected(store.error());
  }
  bool said = false;
  for (std::size_t i = 0; i < words.operands.size(); ++i) {
    const auto name = words.operands[i];
    host.using_object(name);
    const Result<void> got =
        store ? get(host, **store, name) : std::unexpected(fail(Code::absent, "open", name, "there is no such object"));
    if (!got && otherwise && got.error().code == Code::absent) {
      host.answer_default(name, *otherwise);
    } else if (!got) {
      if (!said && store && needs_whole_program(**store, words.operands.subspan(i + 1))) {
        return not_mine;
      }
      said = true;
      host.report(got.error());
    }
  }
  return 0;
}

Result<int> value_set(const Words& words, Host& host) {
  const auto creation = creation_of(words);
  const auto type = words.argument("type");
  Setting how{words.operands[0], type ? object::type_of_name(*type) : Type::none, creation.value_or(Creation::either)};
  if (!creation) {
    return host.refuse(both_said);
  }
  if (type && how.said == Type::none) {
    return not_mine;
  }
  if (how.creation == Creation::fresh && how.said == Type::none) {
    return host.refuse("--new needs --type");
  }
  if (object::is_scalar(how.said) && words.has("ttl")) {
    return host.refuse(only_texts_end);
  }
  how.ttl_ns = ttl_of(words, host);
  if (how.ttl_ns < 0) {
    return not_mine;
  }
  const bool may_create = how.creation != Creation::existing && how.said != Type::none;
  const auto store = host.open_store(may_create ? store::Missing::create : store::Missing::refuse);
  if (!store) {
    return std::unexpected(store.error());
  }
  host.using_object(how.name);
  const std::string_view word = words.operands[1];
  Content content(word);
  for (;;) {
    if (how.creation != Creation::fresh) {
      bool done = false;
      auto set = set_existing(host, **store, how, word, content, done);
      if (!set || done) {
        return set;
      }
    }
    if (!may_create) {
      return std::unexpected(fail(Code::absent, "open", how.name, "there is no such object",
                                  how.creation == Creation::existing ? nullptr : "say --type to create it"));
    }
    const auto created = create(host, **store, how, word, content);
    if (created || created.error().code != Code::exists || how.creation == Creation::fresh) {
      return status_of(created);
    }
  }
}

Result<int> value_swap(const Words& words, Host& host) {
  const std::int64_t ttl_ns = ttl_of(words, host);
  if (ttl_ns < 0) {
    return not_mine;
  }
  const auto swap = [&](const store::Store& store, std::string_view name, Result<Value> value) -> Result<int> {
    if (!value) {
      return status_of(value.error().code == Code::wrong_kind ? swap_text(host, store, name, words.operands[1], ttl_ns)
                                                              : std::unexpected(value.error()));
    }
    if (ttl_ns != 0) {
      return host.refuse(only_texts_end);
    }
    const auto wanted = object::parse_scalar(value->type(), words.operands[1]);
    return answer(host, name, wanted ? value->swap(*wanted) : wanted);
  };
  return with_value(words, host, swap);
}

Result<int> value_cas(const Words& words, Host& host) {
  const auto cas = [&](const store::Store& store, std::string_view name, Result<Value> value) -> Result<int> {
    if (!value) {
      return value.error().code == Code::wrong_kind ? cas_text(host, store, name, words.operands[1], words.operands[2])
                                                    : std::unexpected(value.error());
    }
    const auto expected = object::parse_scalar(value->type(), words.operands[1]);
    const auto wanted = expected ? object::parse_scalar(value->type(), words.operands[2]) : expected;
    if (!wanted) {
      return std::unexpected(wanted.error());
    }
    if (auto done = value->compare_and_set(*expected, *wanted); !done) {
      return std::unexpected(done.error());
    }
    return answer(host, name, wanted);
  };
  return with_value(words, host, cas);
}

Result<int> value_add(const Words& words, Host& host) {
  const auto add = [&](const store::Store&, std::string_view name, Result<Value> value) -> Result<int> {
    if (!value) {
      return std::unexpected(value.error());
    }
    const auto amount = read_amount(value->type(), words.operands[1]);
    return answer(host, name, amount ? value->add(*amount) : amount);
  };
  return with_value(words, host, add);
}

}  // namespace shm::hot
