#include "verbs/value_text.hpp"
#include <fmt/core.h>
#include "cli/duration.hpp"
#include "hot/value_text.hpp"
#include "verbs/value.hpp"

namespace shm::verbs {

namespace {
using object::Presence;
using object::Scalar;
using object::TextValue;
using object::Type;
using os::Code;

/// True: it is absent, so that its name is free for one of another type; else throws, for a value keeps its type.
bool is_free(const TextValue& value, std::string_view name) {
  cli::must(hot::check_free(value, name));
  return true;
}

void print_length(cli::Call& call, std::string_view name, Type type, std::uint64_t length) {
  cli::Json line;
  line.add("name", name).add("kind", "value").add("type", object::type_name(type)).add("length", length);
  call.output.result(fmt::format("{}", length), line);
}
}  // namespace

std::int64_t ttl_of(const cli::Call& call) {
  const auto said = call.argument("ttl");
  if (!said) {
    return 0;
  }
  const std::int64_t ttl_ns = cli::parse_duration(*said, "ttl");
  if (ttl_ns == 0) {
    refuse(call, fmt::format("--ttl '{}': must be more than 0 ('shmctl rm' removes it now)", *said));
  }
  return ttl_ns;
}

void print_content(cli::Call& call, std::string_view name, Type type, std::string_view content) {
  if (call.output.quiet) {
    return;
  }
  if (call.output.json()) {
    cli::Json line;
    line.add("name", name).add("kind", "value").add("type", object::type_name(type));
    call.output.result({}, line.add_bytes("value", content));
  } else if (type == Type::bytes) {
    call.output.write(content);
  } else {
    call.output.line(content);
  }
}

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

void print_number(cli::Call& call, std::string_view name, std::string_view kind, Scalar number) {
  const auto text = object::format_scalar(number);
  if (!call.output.json()) {
    call.output.line(text.view());
    return;
  }
  cli::Json line;
  line.add("name", name).add("kind", kind);
  if (kind == "value") {
    line.add("type", object::type_name(number.type));
  }
  call.output.result({}, line.add_raw("value", text.view()));  // a number's text is JSON, and so are true and false
}

int value_append(cli::Call& call) {
  const auto& name = call.operands[0];
  const auto words = call.argument("type");
  const Type said = words ? object::type_of_name(*words) : Type::none;
  const bool existing = call.has("existing");
  const auto& store = open_store(call, existing ? store::Missing::refuse : store::Missing::create);
  using_object(name);
  hot::Content content(call.operands[1]);
  const auto bytes = [&] { return std::as_bytes(std::span(cli::must(content.view()))); };
  for (;;) {
    auto value = TextValue::open(store, name, os::Access::write);
    if (value && (said == Type::none || said == value->type() || !is_free(*value, name))) {
      const auto length = value->append(bytes(), existing ? Presence::existing : Presence::either);
      if (length || length.error().code != Code::absent || existing) {
        print_length(call, name, value->type(), cli::must(length));
        return 0;
      }
    } else if (existing) {
      throw cli::Failure(value ? os::fail(Code::absent, "open", name, "there is no such object") : value.error());
    } else if (!value && value.error().code != Code::absent) {
      throw cli::Failure(value.error());
    }
    const Type type = said == Type::none ? Type::text : said;
    const auto created = TextValue::create(store, name, type, bytes(), 0, object::Permissions());
    if (created) {
      print_length(call, name, type, bytes().size());
      return 0;
    }
    if (created.error().code != Code::exists) {
      throw cli::Failure(created.error());
    }
  }
}

int value_getdel(cli::Call& call) {
  const auto& name = call.operands[0];
  const auto& store = open_store(call, store::Missing::refuse);
  using_object(name);
  auto value = cli::must(TextValue::open(store, name, os::Access::write));
  const auto held = cli::must(value.take());
  print_content(call, name, value.type(), held.view());
  return 0;
}

}  // namespace shm::verbs
