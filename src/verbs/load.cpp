// load: objects made of lines of JSON, as dump writes them. All lines are read and understood before the first object
// is made; each object is then there whole or not at all.
#include "verbs/load.hpp"
#include <fmt/core.h>
#include <charconv>
#include <map>
#include "cli/printable.hpp"
#include "object/naming.hpp"
#include "os/accounts.hpp"
#include "os/input.hpp"
#include "verbs/document.hpp"
#include "verbs/objects.hpp"

namespace shm::verbs {

namespace {
using object::Taken;
using os::Code;
using os::Result;

os::Buffer read_all(os::Input input) {
  constexpr std::size_t piece = 1U << 16U;
  os::Buffer all;
  for (;;) {
    if (!all.reserve(all.size() + piece)) {
      throw std::bad_alloc();
    }
    const auto got = cli::must(input.read({all.data() + all.size(), piece}));
    if (got == 0) {
      return all;
    }
    all.grown_to(all.size() + got);
  }
}

std::uint32_t mode_in(Fields& fields) {
  const auto said = fields.some_text("mode");
  if (!said) {
    return 0;
  }
  std::uint32_t mode = 0;
  const char* end = said->data() + said->size();
  const auto [stop, error] = std::from_chars(said->data(), end, mode, 8);
  if (error != std::errc() || stop != end || !store::check_mode(mode, "")) {
    fields.refuse("mode", "not a mode that an object can have");
  }
  return mode;
}
}  // namespace

LoadLine read_load_line(std::string_view text, std::string_view prefix) {
  const auto json = cli::parse_json(text);
  if (!json) {
    throw BadLine(json.error().message());
  }
  return read_load_object(*json, prefix);
}

LoadLine read_load_object(const cli::JsonValue& json, std::string_view prefix) {
  Fields fields(json);
  if (fields.natural("shmctl") != document_version) {
    fields.refuse("shmctl", "of another version of dump");
  }
  LoadLine line;
  line.name = std::string(prefix) + fields.text("name");
  if (!store::valid_name(line.name)) {
    fields.refuse("name", "not a valid name");
  }
  const auto* kind = document_kind(object::kind_of_name(fields.text("kind")));
  if (kind == nullptr) {
    fields.refuse("kind", "there is no such kind");
  }
  line.mode = mode_in(fields);
  line.group = fields.some_text("group").value_or("");
  line.build = kind->read(fields);
  fields.finish();
  return line;
}

std::vector<LoadLine> read_load_lines(std::string_view text, std::string_view prefix) {
  std::vector<LoadLine> lines;
  std::map<std::string, std::size_t> met;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
      continue;
    }
    try {
      lines.push_back(read_load_line(line, prefix));
      const auto [first, is_new] = met.emplace(lines.back().name, number);
      if (!is_new) {
        throw BadLine(fmt::format("'{}' is in line {} already", lines.back().name, first->second));
      }
    } catch (const BadLine& bad) {
      throw cli::Usage(fmt::format("load: line {}: {} (nothing was loaded)", number, cli::printable(bad.what())));
    }
  }
  return lines;
}

// Under its building name, then under its own.
Result<void> make_loaded(const store::Store& store, const LoadLine& line, Taken taken) {
  object::Permissions permissions;
  permissions.mode = line.mode;
  if (!line.group.empty() && !store.shared()) {
    const auto group = os::group_id(line.group);
    if (!group) {
      return std::unexpected(group.error());
    }
    permissions.group = *group;
    permissions.set_group = true;
  }
  auto building = object::Building::begin(store);
  if (!building) {
    return std::unexpected(building.error());
  }
  auto done = line.build(store, building->name(), permissions);
  if (!done) {  // it was made under a name that means nothing to anybody
    return std::unexpected(done.error().sys_errno != 0
                               ? os::fail_errno(done.error().sys_errno, "load", line.name)
                               : os::fail(done.error().code, "load", line.name, done.error().why, done.error().advice));
  }
  building->hold();
  return building->publish(line.name, taken);
}

bool name_is_taken(const store::Store& store, std::string_view name) noexcept {
  return os::info_at(store.dir(), name) && !object::free_absent_name(store, name);
}

int load(cli::Call& call) {
  const bool skip = call.has("skip-existing");
  if (skip && call.has("force")) {
    refuse(call, "--force and --skip-existing exclude each other");
  }
  const std::string_view file = call.operands.empty() ? "-" : std::string_view(call.operands[0]);
  const auto input = read_all(file == "-" ? os::Input::standard() : cli::must(os::Input::open(file)));
  const auto lines = read_load_lines(input.view(), call.argument("prefix").value_or(""));
  auto store = cli::must(store::Store::open(call.store(), os::effective_uid(), store::Missing::create));
  store.allow_building();
  for (const auto& line : lines) {
    using_object(line.name);
    if (skip && name_is_taken(store, line.name)) {
      continue;
    }
    const auto made = make_loaded(store, line, call.has("force") ? Taken::replace : Taken::refuse);
    if (!made && !(skip && made.error().code == Code::exists)) {
      call.report(made.error().code == Code::exists
                      ? os::fail(Code::exists, "load", line.name, "an object of that name exists",
                                 "--force replaces it, --skip-existing leaves it")
                      : made.error());
    }
  }
  return call.status();
}

}  // namespace shm::verbs
