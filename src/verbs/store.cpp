#include "verbs/store.hpp"
#include <fmt/core.h>
#include <fnmatch.h>
#include <algorithm>
#include <optional>
#include "guard/jobs.hpp"
#include "object/counter.hpp"
#include "os/accounts.hpp"
#include "verbs/common.hpp"
#include "verbs/object_text.hpp"
#include "work/inbox.hpp"

namespace shm::verbs {

namespace {
using os::Code;

struct Row {
  std::string name;
  std::string kind;
  std::string state;  ///< as text
  std::string json;   ///< the state as JSON
  os::FileInfo info;
};

std::string mode_text(std::uint32_t mode) { return fmt::format("{:04o}", mode & 07777U); }

/// Nothing if the object was removed after its name was read. An error says nothing about the object, only that it
/// could not be looked at (no descriptors, no memory).
os::Result<std::optional<Row>> object_row(const store::Store& store, std::string_view name) {
  using_object(name);
  Row row{std::string(name), "?", "", "null", {}};
  if (const auto info = os::info_at(store.dir(), name)) {
    row.info = *info;
  }
  const auto described = object::describe(store, name);
  if (described) {
    const auto state = state_of(*described);
    row.kind = object::kind_name(described->kind);
    row.state = state.text;
    row.json = state.json;
    row.info = described->info;
  } else if (described.error().code == Code::absent) {
    return std::nullopt;
  } else if (described.error().code == Code::full || described.error().code == Code::system) {
    return std::unexpected(described.error());
  } else {
    const Code code = described.error().code;
    row.state = code == Code::denied                            ? "(no permission)"
                : code == Code::busy || code == Code::timed_out ? "(changing)"
                                                                : "(damaged)";
  }
  return row;
}

struct Listing {
  const store::Store& store;
  std::string pattern;
  std::string kind;
  bool names_only;
  std::vector<Row> rows;
  os::Result<void> done;

  [[nodiscard]] bool wants(const std::string& name) const {
    return pattern.empty() || ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  }
  void add(std::optional<Row> row) {
    if (row && (kind.empty() || row->kind == kind)) {
      rows.push_back(std::move(*row));
    }
  }
};

bool visit_object(void* context, std::string_view name) {
  auto& listing = *static_cast<Listing*>(context);
  if (store::valid_name(name) && listing.wants(std::string(name)) && listing.kind != "job") {
    // Completion asks for names of every kind at each key press: nothing is opened for it.
    const bool name_is_all = listing.names_only && listing.kind.empty();
    if (name_is_all) {
      listing.add(Row{std::string(name), "", "", "", {}});
    } else if (auto row = object_row(listing.store, name); row) {
      listing.add(std::move(*row));
    } else {
      listing.done = std::unexpected(row.error());
    }
  }
  return listing.done.has_value();
}

bool visit_job(void* context, const guard::JobState& job) {
  auto& listing = *static_cast<Listing*>(context);
  const std::string name(job.name.view());
  if (listing.wants(name)) {
    const std::string state(guard::state_text(job).view());
    listing.add(Row{name, "job", state, in_json(state), job.info});
  }
  return true;
}

void print_rows(cli::Call& call, const Listing& listing) {
  cli::Table table({"KIND", "NAME", "VALUE", "OWNER", "MODE", "SIZE"});
  for (const auto& row : listing.rows) {
    const std::string owner(os::user_name(row.info.uid).view());
    if (listing.names_only) {
      call.output.result(row.name, cli::Json().add("name", row.name));
    } else if (call.output.json()) {
      cli::Json line;
      line.add("kind", row.kind).add("name", row.name).add_raw("value", row.json).add("owner", owner);
      call.output.write(line.add("mode", mode_text(row.info.mode)).add("size", row.info.size));
    } else {
      table.add({row.kind, row.name, row.state, owner, mode_text(row.info.mode), fmt::format("{}", row.info.size)});
    }
  }
  if (!table.empty()) {
    call.output.write(table.text());
  }
}
}  // namespace

int ls(cli::Call& call) {
  const std::string kind(call.argument("kind").value_or(""));
  if (call.has("kind") && kind != "job" && object::kind_of_name(kind) == object::Kind::none) {
    refuse(call, fmt::format("--kind '{}': there is no such kind", kind));
  }
  const auto* store = find_store(call);
  if (store == nullptr) {
    return 0;  // no store: nothing in it
  }
  Listing listing{*store, call.operands.empty() ? "" : call.operands[0], kind, call.has("names"), {}, {}};
  cli::must(os::list_directory(store->dir(), visit_object, &listing));
  cli::must(listing.done);
  if (listing.kind.empty() || listing.kind == "job") {
    cli::must(guard::list_jobs(*store, visit_job, &listing));
  }
  std::sort(listing.rows.begin(), listing.rows.end(), [](const Row& left, const Row& right) {
    return left.name != right.name ? left.name < right.name : left.kind < right.kind;
  });
  // A name that is removed and made again while the directory is read is met twice.
  const auto same = [](const Row& left, const Row& right) {
    return left.name == right.name && left.kind == right.kind;
  };
  listing.rows.erase(std::unique(listing.rows.begin(), listing.rows.end(), same), listing.rows.end());
  print_rows(call, listing);
  return 0;
}

namespace {
/// And what was forwarded to it: last, for as long as the job is there it may be read.
os::Result<void> remove_job(const cli::Call& call, const store::Store& store, std::string_view name) {
  const auto removed = guard::remove_job(store, name);
  if (!removed && removed.error().code != Code::absent) {
    return removed;
  }
  const auto inbox = work::Inbox::remove(call.store(), name);
  return !inbox && inbox.error().code == Code::absent ? removed : inbox;
}
}  // namespace

int rm(cli::Call& call) {
  for (const auto& name : call.operands) {
    cli::must(store::check_name(name));
  }
  const auto* store = call.has("force") ? find_store(call) : &open_store(call, store::Missing::refuse);
  for (const auto& name : call.operands) {
    if (store == nullptr) {
      break;
    }
    using_object(name);
    os::Result<void> removed = std::unexpected(os::fail(Code::absent, "remove", name, ""));
    if (!call.has("job")) {
      removed = object::remove(*store, name);
    }
    if (!removed && removed.error().code == Code::absent) {
      removed = remove_job(call, *store, name);
    }
    if (removed || (removed.error().code == Code::absent && call.has("force"))) {
      continue;
    }
    call.report(removed.error().code == Code::absent
                    ? os::fail(Code::absent, "remove", name, "there is no object or job of that name")
                    : removed.error());
  }
  return call.status();
}

}  // namespace shm::verbs
