// dump: objects as lines of JSON.
#include <fmt/core.h>
#include <fnmatch.h>
#include <algorithm>
#include "verbs/document.hpp"
#include "verbs/objects.hpp"

namespace shm::verbs {

namespace {
using os::Code;

struct Names {
  std::string pattern;
  std::vector<std::string> found;
};

bool visit(void* context, std::string_view name) {
  auto& names = *static_cast<Names*>(context);
  const std::string whole(name);
  if (store::valid_name(name) && (names.pattern.empty() || ::fnmatch(names.pattern.c_str(), whole.c_str(), 0) == 0)) {
    names.found.push_back(whole);
  }
  return true;
}

void dump_object(cli::Call& call, const store::Store& store, std::string_view name, object::Kind wanted) {
  using_object(name);
  const auto line = document_line(store, name, wanted);
  if (line) {
    call.output.write(*line + '\n');
    call.output.flush();                           // one object at a time is in memory
  } else if (line.error().code != Code::absent) {  // removed since its name was read
    call.report(line.error());
  }
}
}  // namespace

int dump(cli::Call& call) {
  const std::string said(call.argument("kind").value_or(""));
  const object::Kind wanted = object::kind_of_name(said);
  if (call.has("kind") && wanted == object::Kind::none) {
    refuse(call, fmt::format("--kind '{}': there is no such kind", said));
  }
  const auto* store = find_store(call);
  if (store == nullptr) {
    return 0;  // no store: nothing in it
  }
  Names names{call.operands.empty() ? "" : call.operands[0], {}};
  cli::must(os::list_directory(store->dir(), visit, &names));
  std::sort(names.found.begin(), names.found.end());
  names.found.erase(std::unique(names.found.begin(), names.found.end()), names.found.end());
  for (const auto& name : names.found) {
    dump_object(call, *store, name, wanted);
  }
  return call.status();
}

}  // namespace shm::verbs
