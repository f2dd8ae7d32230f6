// ls: what is in a store, by name.
#include <fmt/core.h>
#include <fnmatch.h>
#include <charconv>
#include <optional>
#include "guard/job_files.hpp"
#include "guard/jobs.hpp"
#include "os/accounts.hpp"
#include "verbs/common.hpp"
#include "verbs/object_text.hpp"
#include "verbs/rows.hpp"
#include "verbs/store.hpp"

namespace shm::verbs {

namespace {
using os::Code;

struct Listing {
  const store::Store& store;
  std::string pattern;
  object::Kind kind;  ///< none: every one
  bool names_only;
  bool json;
  Rows rows;
  std::vector<std::string> jobs;
  os::Result<void> done;

  [[nodiscard]] bool wants(std::string_view name) const {
    return pattern.empty() || ::fnmatch(pattern.c_str(), std::string(name).c_str(), 0) == 0;
  }
  [[nodiscard]] bool wants(object::Kind found) const noexcept { return kind == object::Kind::none || kind == found; }
};

void add_object(Listing& listing, std::string_view name, const object::Description& object) {
  const auto state = state_of(object);
  const auto& info = object.info;
  listing.rows.add({name, listing.json ? state.json : state.text, object.kind, info.uid, info.mode, info.size});
}

/// Nothing is added if it was removed after its name was read. An error that says nothing about the object, only that
/// it could not be looked at (no descriptors, no memory), is returned.
os::Result<void> list_object(Listing& listing, std::string_view name) {
  using_object(name);
  const auto object = object::describe(listing.store, name);
  if (object) {
    if (listing.wants(object->kind)) {
      add_object(listing, name, *object);
    }
    return {};
  }
  const Code code = object.error().code;
  if (code == Code::full || code == Code::system) {
    return std::unexpected(object.error());
  }
  if (code == Code::absent || listing.kind != object::Kind::none) {
    return {};
  }
  const std::string_view state = code == Code::denied                            ? "(no permission)"
                                 : code == Code::busy || code == Code::timed_out ? "(changing)"
                                                                                 : "(damaged)";
  const auto info = os::info_at(listing.store.dir(), name).value_or(os::FileInfo());
  listing.rows.add({name, listing.json ? "null" : state, object::Kind::none, info.uid, info.mode, info.size});
  return {};
}

bool visit(void* context, std::string_view name) {
  auto& listing = *static_cast<Listing*>(context);
  if (const auto job = guard::job_of_record(name); !job.empty()) {
    if (listing.wants(job_kind) && listing.wants(job)) {
      listing.jobs.emplace_back(job);
    }
  } else if (listing.kind != job_kind && store::valid_name(name) && listing.wants(name)) {
    // Completion asks for names of every kind at each key press: nothing is opened for it.
    if (listing.names_only && listing.kind == object::Kind::none) {
      listing.rows.add({name, "", object::Kind::none, 0, 0, 0});
    } else {
      listing.done = list_object(listing, name);
    }
  }
  return listing.done.has_value();
}

void list_job(Listing& listing, const std::string& name) {
  if (const auto job = cli::must(guard::listed_job(listing.store, name))) {
    const std::string state(guard::state_text(*job).view());
    listing.rows.add(
        {name, listing.json ? in_json(state) : state, job_kind, job->info.uid, job->info.mode, job->info.size});
  }
}

/// The names of users, each looked up once.
class Owners {
 public:
  const std::string& operator[](std::uint32_t uid) {
    for (const auto& [known, name] : names_) {
      if (known == uid) {
        return name;
      }
    }
    return names_.emplace_back(uid, std::string(os::user_name(uid).view())).second;
  }

 private:
  std::vector<std::pair<std::uint32_t, std::string>> names_;
};

/// A line of `exec` is answered in one piece.
void print_some(cli::Call& call) {
  constexpr std::size_t much = 65536;
  if (call.arguments != nullptr && call.output.pending().size() >= much) {
    call.output.flush();
  }
}

/// Numbers as they are shown. What is done for each of a million rows, and twice, is done by hand.
struct Digits {
  char mode[4];
  char size[20];
  std::size_t size_length;

  explicit Digits(const Row& row) noexcept {
    for (unsigned i = 0; i < sizeof mode; ++i) {
      mode[i] = static_cast<char>('0' + (row.mode >> 3 * (sizeof mode - 1 - i) & 7U));
    }
    size_length = static_cast<std::size_t>(std::to_chars(std::begin(size), std::end(size), row.size).ptr - &size[0]);
  }
  [[nodiscard]] std::string_view mode_text() const noexcept { return {&mode[0], sizeof mode}; }
  [[nodiscard]] std::string_view size_text() const noexcept { return {&size[0], size_length}; }
};

void print_names(cli::Call& call, const Rows& rows) {
  for (std::size_t i = 0; i < rows.count(); ++i) {
    const Row row = rows[i];
    if (call.output.json()) {
      call.output.result(row.name, cli::Json().add("name", row.name));
    } else {
      call.output.line(row.name);
    }
    print_some(call);
  }
}

void print_json(cli::Call& call, const Rows& rows) {
  Owners owners;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    const Row row = rows[i];
    cli::Json line;
    line.add("kind", listed_kind(row.kind)).add("name", row.name).add_raw("value", row.state);
    line.add("owner", owners[row.uid]).add("mode", Digits(row).mode_text()).add("size", row.size);
    call.output.write(line);
    print_some(call);
  }
}

void print_table(cli::Call& call, const Rows& rows) {
  if (rows.count() == 0) {
    return;
  }
  Owners owners;
  const auto with_cells = [&](const Row& row, auto use) {
    const Digits digits(row);
    const std::string_view cells[] = {listed_kind(row.kind), row.name,           row.state,
                                      owners[row.uid],       digits.mode_text(), digits.size_text()};
    use(std::span<const std::string_view>(cells));
  };
  constexpr std::string_view header[] = {"KIND", "NAME", "VALUE", "OWNER", "MODE", "SIZE"};
  cli::Columns columns;
  columns.fit(header);
  for (std::size_t i = 0; i < rows.count(); ++i) {
    with_cells(rows[i], [&](auto cells) { columns.fit(cells); });
  }
  call.output.write(columns.line(header));
  for (std::size_t i = 0; i < rows.count(); ++i) {
    with_cells(rows[i], [&](auto cells) { call.output.write(columns.line(cells)); });
    print_some(call);
  }
}

object::Kind kind_said(const cli::Call& call) {
  const std::string said(call.argument("kind").value_or(""));
  const object::Kind kind = said == "job" ? job_kind : object::kind_of_name(said);
  if (call.has("kind") && kind == object::Kind::none) {
    refuse(call, fmt::format("--kind '{}': there is no such kind", said));
  }
  return kind;
}
}  // namespace

int ls(cli::Call& call) {
  const object::Kind kind = kind_said(call);
  const auto* store = find_store(call);
  if (store == nullptr) {
    return 0;  // no store: nothing in it
  }
  const std::string pattern = call.operands.empty() ? "" : call.operands[0];
  Listing listing{*store, pattern, kind, call.has("names"), call.output.json(), {}, {}, {}};
  cli::must(os::list_directory(store->dir(), visit, &listing));
  cli::must(listing.done);
  for (const auto& name : listing.jobs) {
    list_job(listing, name);
  }
  listing.rows.sort();
  if (listing.names_only) {
    print_names(call, listing.rows);
  } else if (call.output.json()) {
    print_json(call, listing.rows);
  } else {
    print_table(call, listing.rows);
  }
  return 0;
}

}  // namespace shm::verbs
