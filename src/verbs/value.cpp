#include "verbs/value.hpp"
#include <fmt/core.h>
#include "object/value.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

namespace {
using object::Scalar;
using object::Type;
using object::Value;
using os::Code;
using os::Result;

void print(cli::Call& call, std::string_view name, Scalar scalar) {
  const auto text = object::format_scalar(scalar);
  if (!call.output.json()) {
    call.output.line(text.view());
    return;
  }
  cli::Json line;
  line.add("name", name).add("kind", "value").add("type", object::type_name(scalar.type));
  call.output.result({}, line.add_raw("value", text.view()));  // a number's text is JSON, and so are true and false
}

/// What --default says has no type: in JSON it is a number or a truth value if it reads as one, else a string.
void print_default(cli::Call& call, std::string_view name, std::string_view text) {
  cli::Json line;
  line.add("name", name).add("kind", "value");
  for (const Type type : {Type::int64, Type::uint64, Type::float64}) {
    if (const auto number = object::parse_scalar(type, text)) {
      call.output.result(text, line.add_raw("value", object::format_scalar(*number).view()));
      return;
    }
  }
  if (text == "true" || text == "false") {
    line.add("value", text == "true");
  } else {
    line.add("value", text);
  }
  call.output.result(text, line);
}

/// The type that --type says, or none.
Type type_said(const cli::Call& call) {
  const auto said = call.argument("type");
  return said ? object::type_of_name(*said) : Type::none;
}

Scalar read(Type type, std::string_view text) { return cli::must(object::parse_scalar(type, text)); }

Value open(const store::Store& store, std::string_view name, os::Access access) {
  using_object(name);
  return cli::must(Value::open(store, name, access));
}

/// An amount is of the value's type; for a uint it may be negative, which is an int.
Scalar read_amount(Type type, std::string_view text) {
  const bool negative = type == Type::uint64 && text.starts_with('-');
  return type == Type::boolean ? Scalar{type, 0} : read(negative ? Type::int64 : type, text);
}

void check_type_said(const cli::Call& call, const Value& value) {
  const Type said = type_said(call);
  if (said != Type::none && said != value.type()) {
    throw cli::Failure(os::fail(Code::wrong_kind, "set value", call.operands[0], "it is of another type",
                                "a value keeps its type; see 'shmctl stat'"));
  }
}

/// Sets a value that is there, or creates it with --type. Throws Failure.
Scalar set(const cli::Call& call, const store::Store& store, Creation creation) {
  const auto& name = call.operands[0];
  const auto& text = call.operands[1];
  using_object(name);
  for (;;) {
    if (creation != Creation::fresh) {
      auto value = Value::open(store, name, os::Access::write);
      if (value) {
        check_type_said(call, *value);
        const Scalar wanted = read(value->type(), text);
        cli::must(value->set(wanted));
        return wanted;
      }
      if (value.error().code == Code::absent && creation == Creation::either && type_said(call) == Type::none) {
        auto error = value.error();
        error.advice = "say --type to create it";
        throw cli::Failure(error);
      }
      if (value.error().code != Code::absent || creation == Creation::existing) {
        throw cli::Failure(value.error());
      }
    }
    const Scalar wanted = read(type_said(call), text);
    const auto created = Value::create(store, name, wanted, object::Permissions());
    if (created) {
      return wanted;
    }
    if (created.error().code != Code::exists || creation == Creation::fresh) {
      throw cli::Failure(created.error());
    }
  }
}
}  // namespace

int value_create(cli::Call& call) {
  const auto& name = call.operands[0];
  const Type type = type_said(call);
  if (type == Type::none) {
    refuse(call, "--type is missing (int, uint, float or bool)");
  }
  const Scalar start = call.operands.size() > 1 ? read(type, call.operands[1]) : Scalar{type, 0};
  const auto permissions = permissions_of(call, name);
  const auto store = open_store(call, store::Missing::create);
  cli::must(Value::create(store, name, start, permissions));
  print(call, name, start);
  return 0;
}

int value_get(cli::Call& call) {
  for (const auto& name : call.operands) {
    cli::must(store::check_name(name));
  }
  const auto otherwise = call.argument("default");
  const auto store = otherwise ? find_store(call) : open_store(call, store::Missing::refuse);
  for (const auto& name : call.operands) {
    using_object(name);
    Result<Value> value = store ? Value::open(*store, name, os::Access::read)
                                : std::unexpected(os::fail(Code::absent, "open", name, "there is no such object"));
    if (value) {
      print(call, name, value->get());
    } else if (otherwise && value.error().code == Code::absent) {
      print_default(call, name, *otherwise);
    } else {
      call.report(value.error());
    }
  }
  return call.status();
}

int value_set(cli::Call& call) {
  const Creation creation = creation_of(call);
  if (creation == Creation::fresh && type_said(call) == Type::none) {
    refuse(call, "--new needs --type");
  }
  const bool may_create = creation != Creation::existing && type_said(call) != Type::none;
  const auto store = open_store(call, may_create ? store::Missing::create : store::Missing::refuse);
  print(call, call.operands[0], set(call, store, creation));
  return 0;
}

int value_swap(cli::Call& call) {
  const auto store = open_store(call, store::Missing::refuse);
  auto value = open(store, call.operands[0], os::Access::write);
  print(call, call.operands[0], cli::must(value.swap(read(value.type(), call.operands[1]))));
  return 0;
}

int value_cas(cli::Call& call) {
  const auto store = open_store(call, store::Missing::refuse);
  auto value = open(store, call.operands[0], os::Access::write);
  const Scalar expected = read(value.type(), call.operands[1]);
  const Scalar wanted = read(value.type(), call.operands[2]);
  cli::must(value.compare_and_set(expected, wanted));
  print(call, call.operands[0], wanted);
  return 0;
}

int value_add(cli::Call& call) {
  const auto store = open_store(call, store::Missing::refuse);
  auto value = open(store, call.operands[0], os::Access::write);
  print(call, call.operands[0], cli::must(value.add(read_amount(value.type(), call.operands[1]))));
  return 0;
}

}  // namespace shm::verbs
