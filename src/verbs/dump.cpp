// dump: objects as lines of JSON.
#include <fmt/core.h>
#include <fnmatch.h>
#include <algorithm>
#include "os/accounts.hpp"
#include "verbs/document.hpp"
#include "verbs/objects.hpp"

namespace shm::verbs {

namespace {
using os::Code;
using os::Result;

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

// Whether a group has rights that are its own, and is not the store's for all objects.
bool has_group(const store::Store& store, const os::FileInfo& info) {
  return (info.mode & 0060U) != 0 && !store.shared();
}

/// Code::busy: its name has changed hands on the way.
Result<void> write_object(const store::Store& store, std::string_view name, object::Kind wanted, cli::Json& line) {
  const auto found = object::describe(store, name);
  if (!found) {
    return std::unexpected(found.error());
  }
  if (wanted != object::Kind::none && found->kind != wanted) {
    return std::unexpected(os::fail(Code::absent, "read", name, "it is of another kind"));
  }
  const auto* kind = document_kind(found->kind);
  if (kind == nullptr) {
    return std::unexpected(
        os::fail(Code::wrong_kind, "dump", name, "objects of this kind can't be written as a line", "copy it"));
  }
  line.add("shmctl", document_version).add("name", name).add("kind", object::kind_name(found->kind));
  line.add("mode", fmt::format("{:04o}", found->info.mode & 0777U));
  if (has_group(store, found->info)) {
    line.add("group", os::group_name(found->info.gid).view());
  }
  return kind->write(store, name, *found, line);
}

void dump_object(cli::Call& call, const store::Store& store, std::string_view name, object::Kind wanted) {
  constexpr int tries = 20;
  using_object(name);
  Result<void> written;
  for (int i = 0; i < tries; ++i) {
    cli::Json line;
    written = write_object(store, name, wanted, line);
    if (written) {
      call.output.write(line);
      call.output.flush();  // one object at a time is in memory
      return;
    }
    if (written.error().code != Code::busy) {
      break;
    }
  }
  if (written.error().code != Code::absent) {  // removed since its name was read
    call.report(written.error());
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
