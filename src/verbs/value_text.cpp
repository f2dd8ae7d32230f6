#include "verbs/value_text.hpp"
#include <fmt/core.h>
#include "cli/duration.hpp"
#include "os/standard_streams.hpp"
#include "verbs/value.hpp"

namespace shm::verbs {

namespace {
using object::Presence;
using object::TextState;
using object::TextValue;
using object::Type;
using os::Code;
using os::Result;

TextValue open(const store::Store& store, std::string_view name, os::Access access) {
  using_object(name);
  return cli::must(TextValue::open(store, name, access));
}

/// True: it is absent, so that its name is free for one of another type; else throws, for a value keeps its type.
bool is_free(const TextValue& value, std::string_view name) {
  const auto found = value.describe();
  if (found && found->state == TextState::present) {
    throw cli::Failure(other_type(name));
  }
  if (!found && found.error().code != Code::absent) {
    throw cli::Failure(found.error());
  }
  return true;
}

void print_length(cli::Call& call, std::string_view name, Type type, std::uint64_t length) {
  cli::Json line;
  line.add("name", name).add("kind", "value").add("type", object::type_name(type)).add("length", length);
  call.output.result(fmt::format("{}", length), line);
}
}  // namespace

std::string_view Content::view() {
  if (word_ != "-") {
    return word_;
  }
  if (!read_) {
    cli::must(os::read_input(input_));
    read_ = true;
  }
  return input_.view();
}

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

os::Error other_type(std::string_view name) {
  return os::fail(Code::wrong_kind, "set value", name, "it is of another type",
                  "a value keeps its type; see 'shmctl stat'");
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

Result<void> get_text(cli::Call& call, const store::Store& store, std::string_view name) {
  const auto value = TextValue::open(store, name, os::Access::read);
  if (!value) {
    return std::unexpected(value.error());
  }
  const auto content = value->get();
  if (!content) {
    return std::unexpected(content.error());
  }
  print_content(call, name, value->type(), content->view());
  return {};
}

bool set_text(cli::Call& call, const store::Store& store, Creation creation, Type said, Content& content) {
  const auto& name = call.operands[0];
  auto value = TextValue::open(store, name, os::Access::write);
  if (!value && value.error().code == Code::absent) {
    return false;
  }
  auto there = cli::must(std::move(value));
  if (said != Type::none && said != there.type()) {
    return !is_free(there, name);
  }
  // Who does not say a type can't mean to make one.
  const bool may_make = creation == Creation::either && said != Type::none;
  const auto done = there.set(content.bytes(), ttl_of(call), may_make ? Presence::either : Presence::existing);
  if (!done && done.error().code == Code::absent) {
    return false;
  }
  cli::must(done);
  print_content(call, name, there.type(), content.view());
  return true;
}

void swap_text(cli::Call& call, const store::Store& store) {
  const auto& name = call.operands[0];
  auto value = open(store, name, os::Access::write);
  Content content(call.operands[1]);
  const auto before = cli::must(value.swap(content.bytes(), ttl_of(call)));
  print_content(call, name, value.type(), before.view());
}

void cas_text(cli::Call& call, const store::Store& store) {
  const auto& name = call.operands[0];
  if (call.operands[1] == "-" && call.operands[2] == "-") {
    refuse(call, "standard input can't be both OLD and NEW");
  }
  auto value = open(store, name, os::Access::write);
  Content expected(call.operands[1]);
  Content wanted(call.operands[2]);
  cli::must(value.compare_and_set(expected.bytes(), wanted.bytes()));
  print_content(call, name, value.type(), wanted.view());
}

int value_append(cli::Call& call) {
  const auto& name = call.operands[0];
  const auto words = call.argument("type");
  const Type said = words ? object::type_of_name(*words) : Type::none;
  const bool existing = call.has("existing");
  const auto& store = open_store(call, existing ? store::Missing::refuse : store::Missing::create);
  using_object(name);
  Content content(call.operands[1]);
  for (;;) {
    auto value = TextValue::open(store, name, os::Access::write);
    if (value && (said == Type::none || said == value->type() || !is_free(*value, name))) {
      const auto length = value->append(content.bytes(), existing ? Presence::existing : Presence::either);
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
    const auto created = TextValue::create(store, name, type, content.bytes(), 0, object::Permissions());
    if (created) {
      print_length(call, name, type, content.view().size());
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
  auto value = open(store, name, os::Access::write);
  const auto held = cli::must(value.take());
  print_content(call, name, value.type(), held.view());
  return 0;
}

}  // namespace shm::verbs
