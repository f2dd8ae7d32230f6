#include "verbs/value.hpp"
#include <fmt/core.h>
#include "object/value.hpp"
#include "verbs/common.hpp"
#include "verbs/value_text.hpp"

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
    throw cli::Failure(other_type(call.operands[0]));
  }
}

/// A number stays until it is removed.
void refuse_ttl(const cli::Call& call) {
  if (call.has("ttl")) {
    refuse(call, "--ttl is for text and bytes only");
  }
}

/// Sets the value, if it is there: then true. Throws Failure.
bool set_existing(cli::Call& call, const store::Store& store, Creation creation, Content& content) {
  const auto& name = call.operands[0];
  auto value = Value::open(store, name, os::Access::write);
  if (value) {
    refuse_ttl(call);
    check_type_said(call, *value);
    const Scalar wanted = read(value->type(), call.operands[1]);
    if (const auto done = value->set(wanted); done || done.error().code != Code::absent) {
      cli::must(done);
      print(call, name, wanted);
      return true;
    }
    return false;
  }
  if (value.error().code == Code::wrong_kind) {
    return set_text(call, store, creation, type_said(call), content);
  }
  if (value.error().code != Code::absent) {
    throw cli::Failure(value.error());
  }
  return false;
}

/// Creates what --type says and prints it.
Result<void> create(cli::Call& call, const store::Store& store, Content& content,
                    const object::Permissions& permissions) {
  const auto& name = call.operands[0];
  const Type type = type_said(call);
  Result<void> created;
  if (object::is_text(type)) {
    created = object::TextValue::create(store, name, type, content.bytes(), ttl_of(call), permissions);
    if (created) {
      print_content(call, name, type, content.view());
    }
  } else {
    const Scalar start = call.operands.size() > 1 ? read(type, call.operands[1]) : Scalar{type, 0};
    created = Value::create(store, name, start, permissions);
    if (created) {
      print(call, name, start);
    }
  }
  return created;
}

/// Sets a value that is there, or creates it with --type. Throws Failure.
void set(cli::Call& call, const store::Store& store, Creation creation) {
  const auto& name = call.operands[0];
  Content content(call.operands[1]);
  using_object(name);
  for (;;) {
    if (creation != Creation::fresh && set_existing(call, store, creation, content)) {
      return;
    }
    if (creation == Creation::existing || type_said(call) == Type::none) {
      throw cli::Failure(os::fail(Code::absent, "open", name, "there is no such object",
                                  creation == Creation::existing ? nullptr : "say --type to create it"));
    }
    const auto created = create(call, store, content, object::Permissions());
    if (created) {
      return;
    }
    if (created.error().code != Code::exists || creation == Creation::fresh) {
      throw cli::Failure(created.error());
    }
  }
}

Result<void> get(cli::Call& call, const store::Store& store, std::string_view name) {
  const auto value = Value::open(store, name, os::Access::read);
  if (value) {
    const auto number = value->get();
    if (number) {
      print(call, name, *number);
    }
    return number ? Result<void>() : std::unexpected(number.error());
  }
  return value.error().code == Code::wrong_kind ? get_text(call, store, name) : std::unexpected(value.error());
}
}  // namespace

int value_create(cli::Call& call) {
  const auto& name = call.operands[0];
  const Type type = type_said(call);
  if (type == Type::none) {
    refuse(call, "--type is missing (int, uint, float, bool, text or bytes)");
  }
  if (!object::is_text(type)) {
    refuse_ttl(call);
    if (call.operands.size() > 1) {
      (void)read(type, call.operands[1]);  // no store is made for what is no value
    }
  }
  (void)ttl_of(call);
  const auto permissions = permissions_of(call, name);
  const auto& store = open_store(call, store::Missing::create);
  Content content(call.operands.size() > 1 ? std::string_view(call.operands[1]) : std::string_view());
  cli::must(create(call, store, content, permissions));
  return 0;
}

int value_get(cli::Call& call) {
  for (const auto& name : call.operands) {
    cli::must(store::check_name(name));
  }
  const auto otherwise = call.argument("default");
  const auto* store = otherwise ? find_store(call) : &open_store(call, store::Missing::refuse);
  for (const auto& name : call.operands) {
    using_object(name);
    const Result<void> got = store != nullptr
                                 ? get(call, *store, name)
                                 : std::unexpected(os::fail(Code::absent, "open", name, "there is no such object"));
    if (!got && otherwise && got.error().code == Code::absent) {
      print_default(call, name, *otherwise);
    } else if (!got) {
      call.report(got.error());
    }
  }
  return call.status();
}

int value_set(cli::Call& call) {
  const Creation creation = creation_of(call);
  const Type said = type_said(call);
  if (creation == Creation::fresh && said == Type::none) {
    refuse(call, "--new needs --type");
  }
  if (object::is_scalar(said)) {
    refuse_ttl(call);
  }
  (void)ttl_of(call);
  const bool may_create = creation != Creation::existing && said != Type::none;
  const auto& store = open_store(call, may_create ? store::Missing::create : store::Missing::refuse);
  set(call, store, creation);
  return 0;
}

int value_swap(cli::Call& call) {
  (void)ttl_of(call);
  const auto& name = call.operands[0];
  const auto& store = open_store(call, store::Missing::refuse);
  using_object(name);
  auto value = Value::open(store, name, os::Access::write);
  if (!value && value.error().code == Code::wrong_kind) {
    swap_text(call, store);
    return 0;
  }
  auto there = cli::must(std::move(value));
  refuse_ttl(call);
  print(call, name, cli::must(there.swap(read(there.type(), call.operands[1]))));
  return 0;
}

int value_cas(cli::Call& call) {
  const auto& name = call.operands[0];
  const auto& store = open_store(call, store::Missing::refuse);
  using_object(name);
  auto value = Value::open(store, name, os::Access::write);
  if (!value && value.error().code == Code::wrong_kind) {
    cas_text(call, store);
    return 0;
  }
  auto there = cli::must(std::move(value));
  const Scalar expected = read(there.type(), call.operands[1]);
  const Scalar wanted = read(there.type(), call.operands[2]);
  cli::must(there.compare_and_set(expected, wanted));
  print(call, name, wanted);
  return 0;
}

int value_add(cli::Call& call) {
  const auto& store = open_store(call, store::Missing::refuse);
  auto value = open(store, call.operands[0], os::Access::write);
  print(call, call.operands[0], cli::must(value.add(read_amount(value.type(), call.operands[1]))));
  return 0;
}

}  // namespace shm::verbs
