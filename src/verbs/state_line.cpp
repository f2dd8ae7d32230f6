#include "verbs/state_line.hpp"

namespace shm::verbs {

namespace {
using object::Kind;
}

std::optional<std::uint64_t> length_of(const object::Description& object) {
  switch (object.kind) {
    case Kind::queue: return object.ready;
    case Kind::list: return object.items;
    case Kind::dict: return object.keys;
    case Kind::array:
    case Kind::block: return object.length;
    default: return std::nullopt;
  }
}

cli::Json state_json(std::string_view name, const object::Watch::State& state) {
  const auto& object = state.object;
  cli::Json line;
  line.add("name", name).add("kind", object::kind_name(object.kind));
  if (object.kind == Kind::value) {
    line.add("type", object::type_name(object.type));
  }
  if (object.kind == Kind::array) {
    line.add("type", object::element_name(object.element));
  }
  if (const auto length = length_of(object)) {
    line.add("len", *length);
    if (object.kind == Kind::queue) {
      line.add("other", object.other);
    }
  } else if (object.kind == Kind::value && object::is_text(object.type)) {
    line.add_bytes("value", state.text.view());
  } else {
    line.add_raw("value", object::format_scalar(object.state).view());
  }
  return line;
}

void print_state(cli::Output& output, std::string_view name, const object::Watch::State& state) {
  if (output.json() || length_of(state.object)) {
    if (!output.quiet) {
      output.write(state_json(name, state));
    }
  } else if (state.object.kind == Kind::value && object::is_text(state.object.type)) {
    output.line(state.text.view());
  } else {
    output.line(object::format_scalar(state.object.state).view());
  }
}

}  // namespace shm::verbs
