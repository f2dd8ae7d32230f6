// How counters and values are written down and made again.
#include <cmath>
#include "object/counter.hpp"
#include "object/text_value.hpp"
#include "object/value.hpp"
#include "os/utf8.hpp"
#include "verbs/document.hpp"

namespace shm::verbs {

namespace {
using object::CounterLimits;
using object::OnLimit;
using object::Scalar;
using object::TextValue;
using object::Type;
using os::Result;

// --- counter ---------------------------------------------------------------------------------------------------------

constexpr std::pair<OnLimit, std::string_view> policies[] = {
    {OnLimit::fail, "fail"}, {OnLimit::saturate, "saturate"}, {OnLimit::wrap, "wrap"}};

Result<void> write_counter(const store::Store&, std::string_view name, const object::Description& found,
                           cli::Json& line) {
  const auto limits = object::limits_of(found.header, name);
  if (!limits) {
    return std::unexpected(limits.error());
  }
  line.add("min", limits->min).add("max", limits->max);
  for (const auto& [policy, word] : policies) {
    if (policy == limits->on_limit) {
      line.add("on_limit", word);
    }
  }
  line.add("start", limits->start).add("value", found.state.as_int());
  return {};
}

Build read_counter(Fields& fields) {
  CounterLimits limits;
  limits.min = fields.some_integer("min").value_or(limits.min);
  limits.max = fields.some_integer("max").value_or(limits.max);
  if (const auto said = fields.some_text("on_limit")) {
    const auto* const policy =
        std::find_if(std::begin(policies), std::end(policies), [&](const auto& each) { return each.second == *said; });
    if (policy == std::end(policies)) {
      fields.refuse("on_limit", "not fail, saturate or wrap");
    }
    limits.on_limit = policy->first;
  }
  limits.start = fields.some_integer("start").value_or(std::max(limits.min, std::min(limits.max, std::int64_t{0})));
  const std::int64_t number = fields.integer("value");
  if (limits.min > limits.max) {
    fields.refuse("min", "above max");
  }
  for (const auto& [key, each] : {std::pair("start", limits.start), std::pair("value", number)}) {
    if (each < limits.min || each > limits.max) {
      fields.refuse(key, "outside of min and max");
    }
  }
  return [limits, number](const store::Store& store, std::string_view name, const object::Permissions& permissions) {
    return object::Counter::create(store, name, limits, number, permissions);
  };
}

// --- value -----------------------------------------------------------------------------------------------------------

std::string digits_of(Scalar scalar) {
  const auto digits = object::format_scalar(scalar);
  return scalar.type == Type::float64 ? real_digits(digits.view()) : std::string(digits.view());
}

Result<void> write_value(const store::Store& store, std::string_view name, const object::Description& found,
                         cli::Json& line) {
  line.add("type", object::type_name(found.type));
  if (!object::is_text(found.type)) {
    if (found.type == Type::float64 && !std::isfinite(found.state.as_float())) {
      return std::unexpected(
          os::fail(os::Code::corrupt, "read", name, "it holds no finite number", "look at it, then 'shmctl rm' it"));
    }
    line.add_raw("value", digits_of(found.state));
    return {};
  }
  const auto value = TextValue::open(store, name, os::Access::read);
  if (!value || value->region().header().id != found.header.id) {
    return std::unexpected(value || value.error().code == os::Code::wrong_kind ? changed_hands(name) : value.error());
  }
  const auto held = value->look();
  if (!held) {
    return std::unexpected(held.error());
  }
  if (held->expires_ns != 0) {
    line.add("expires_ns", held->expires_ns);
  }
  line.add_bytes("value", held->bytes.view());
  return {};
}

Result<void> build_text(const store::Store& store, std::string_view name, const object::Permissions& permissions,
                        Type type, std::string_view content, std::int64_t expires_ns) {
  auto made = TextValue::create(store, name, type, bytes_of(content), 0, permissions);
  if (!made || expires_ns == 0) {
    return made;
  }
  auto value = TextValue::open(store, name, os::Access::write);
  return value ? value->expire_at(expires_ns) : std::unexpected(value.error());
}

Build read_text(Fields& fields, Type type) {
  const std::int64_t expires_ns = fields.some_integer("expires_ns").value_or(0);
  const std::string content = fields.bytes("value");
  if (type == Type::text && !os::is_utf8(content)) {
    fields.refuse("value_base64", "a text must be UTF-8");
  }
  return [=](const store::Store& store, std::string_view name, const object::Permissions& permissions) {
    return build_text(store, name, permissions, type, content, expires_ns);
  };
}

Build read_value(Fields& fields) {
  const Type type = object::type_of_name(fields.text("type"));
  if (object::is_text(type)) {
    return read_text(fields, type);
  }
  if (!object::is_scalar(type)) {
    fields.refuse("type", "no type of values");
  }
  const auto& value = fields.value("value");
  const bool right = type == Type::boolean ? value.type == cli::JsonType::boolean : value.is_number();
  const auto number = right ? object::parse_scalar(type, type == Type::boolean ? value.boolean ? "true" : "false"
                                                                               : std::string_view(value.digits()))
                            : std::unexpected(os::Error());
  if (!number) {
    fields.refuse("value", "not of its type");
  }
  return [start = *number](const store::Store& store, std::string_view name, const object::Permissions& permissions) {
    return object::Value::create(store, name, start, permissions);
  };
}
}  // namespace

const DocumentKind counter_document = {object::Kind::counter, write_counter, read_counter};
const DocumentKind value_document = {object::Kind::value, write_value, read_value};

}  // namespace shm::verbs
