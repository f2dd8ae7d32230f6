// restore: what save has written, made again. A file is checked and understood as a whole before anything is made.
#include <fmt/core.h>
#include <algorithm>
#include <exception>
#include "cli/duration.hpp"
#include "cli/printable.hpp"
#include "object/naming.hpp"
#include "os/accounts.hpp"
#include "verbs/common.hpp"
#include "verbs/save.hpp"
#include "verbs/saved_lines.hpp"
#include "verbs/saved_places.hpp"

namespace shm::verbs {

namespace {
using object::Taken;
using os::Code;
using os::Result;
using store::SaveFile;
using store::SavePlace;

/// Calls `act(line)` for each line of the file, as it was understood. Throws BadLine, which says the line's number.
template <class Act>
void for_each_line(const SaveFile& file, Act act) {
  struct Visit {
    Act& act;
    std::exception_ptr thrown;
  } visit{act, {}};
  cli::must(file.each_line(
      [](void* context, std::string_view text, std::uint64_t number) {
        auto& all = *static_cast<Visit*>(context);
        try {
          try {
            all.act(read_saved_line(text));
          } catch (const BadLine& bad) {
            throw BadLine(fmt::format("line {}: {}", number, cli::printable(bad.what())));
          }
        } catch (...) {
          all.thrown = std::current_exception();
          return false;
        }
        return true;
      },
      &visit));
  if (visit.thrown) {
    std::rethrow_exception(visit.thrown);
  }
}

/// A file that can be restored, or why not.
struct Found {
  std::optional<SaveFile> file;
  Code code = Code::corrupt;
  std::string why;
};

Found look_at(const SavePlace& place, std::string_view suffix) {
  Found found;
  auto file = SaveFile::open(place, suffix);
  if (!file) {
    found.code = file.error().code;
    if (found.code != Code::absent && found.code != Code::corrupt) {
      throw cli::Failure(file.error());
    }
    found.why = found.code == Code::absent ? "it is not there" : file.error().why;
    return found;
  }
  try {
    for_each_line(*file, [](const SavedLine&) {});
    found.file = std::move(*file);
  } catch (const BadLine& bad) {
    found.why = bad.what();
  }
  return found;
}

cli::Failure nothing_saved(std::string_view path) {
  return cli::Failure(os::fail(Code::absent, "restore", path, "nothing is saved there"));
}

/// FILE, or the one before it where FILE can't be used: aloud.
SaveFile newest_of(const SavePlace& place) {
  Found first = look_at(place, "");
  if (first.file) {
    return std::move(*first.file);
  }
  Found older = look_at(place, store::older_suffix);
  if (older.file) {
    cli::complain(fmt::format("restore '{}': {} ('{}{}', saved at {}, is used instead)", place.path(), first.why,
                              place.path(), store::older_suffix, cli::format_time(older.file->saved_ns())));
    return std::move(*older.file);
  }
  if (first.code == Code::absent && older.code == Code::absent) {
    throw nothing_saved(place.path());
  }
  static std::string why;  // an error keeps no text of its own
  why = fmt::format("{}; {}: {}", first.why, store::older_suffix, older.why);
  throw cli::Failure(os::fail(Code::corrupt, "restore", place.path(), why.c_str(), "nothing was restored"));
}

/// Makes what the lines say, each whole or not at all.
class Restorer {
 public:
  Restorer(cli::Call& call, const store::Store& store)
      : call_(call), store_(store), skip_(call.has("skip-existing")), force_(call.has("force")) {}

  void operator()(const SavedLine& line) {
    std::visit([this](const auto& each) { make(each); }, line);
  }
  /// When all lines were met.
  void finish() {
    const auto there = cli::must(store::read_marks(store_));
    std::vector<store::Mark> wanted;
    for (const auto& mark : marks_) {
      const auto same = [&](const store::Mark& each) { return each.same_place(mark.view()); };
      if (force_ || std::none_of(there.all().begin(), there.all().end(), same)) {
        wanted.push_back(mark.view());
      }
    }
    if (!wanted.empty()) {
      cli::must(store::set_marks(store_, wanted));
    }
  }
  [[nodiscard]] std::uint64_t made() const noexcept { return made_; }
  [[nodiscard]] std::uint64_t skipped() const noexcept { return skipped_; }
  [[nodiscard]] bool whole() const noexcept { return whole_; }

 private:
  [[nodiscard]] Taken taken() const noexcept { return force_ ? Taken::replace : Taken::refuse; }

  void make(const LoadLine& line) {
    using_object(line.name);
    if (skip_ && name_is_taken(store_, line.name)) {
      ++skipped_;
      return;
    }
    note(line.name, make_loaded(store_, line, taken()), "an object of that name exists");
  }
  void make(const guard::SavedJob& job) {
    using_object(job.state.name.view());
    note(job.state.name.view(), guard::restore_job(store_, job, taken()), "a job of that name exists");
  }
  void make(const SavedMark& mark) { marks_.push_back(mark); }

  void note(std::string_view name, const Result<void>& made, const char* exists) {
    if (made) {
      ++made_;
    } else if (made.error().code == Code::full) {
      throw cli::Failure(made.error());  // it would be told of all that follow
    } else if (made.error().code != Code::exists) {
      whole_ = false;
      call_.report(made.error());
    } else if (skip_) {
      ++skipped_;
    } else {
      whole_ = false;
      call_.report(os::fail(Code::exists, "restore", name, exists, "--force replaces it, --skip-existing leaves it"));
    }
  }

  cli::Call& call_;
  const store::Store& store_;
  bool skip_;
  bool force_;
  bool whole_ = true;
  std::uint64_t made_ = 0;
  std::uint64_t skipped_ = 0;
  std::vector<SavedMark> marks_;
};

void restore_store(cli::Call& call, const SavedStore& stored) {
  std::optional<SavePlace> place;
  {
    const auto there = store::Store::open(stored.said, os::effective_uid(), store::Missing::refuse);
    if (!there && there.error().code != Code::absent) {
      throw cli::Failure(there.error());
    }
    try {
      place = open_place(stored, there ? &*there : nullptr);
    } catch (const cli::Failure& failure) {
      throw failure.error().code == Code::absent && !stored.file.empty() ? nothing_saved(stored.file) : failure;
    }
  }
  const auto file = newest_of(*place);
  auto store = cli::must(store::Store::open(stored.said, os::effective_uid(), store::Missing::create));
  store.allow_building();
  Restorer restorer(call, store);
  for_each_line(file, [&](const SavedLine& line) { restorer(line); });
  restorer.finish();
  if (restorer.whole() && stored.by_marks && call.operands.empty()) {
    cli::must(store::note_past(store));
  }
  if (call.output.json()) {
    cli::Json json;
    json.add("store", store.path()).add("file", stored.file).add("saved_ns", file.saved_ns());
    call.output.write(json.add("made", restorer.made()).add("skipped", restorer.skipped()));
  }
}
}  // namespace

int restore(cli::Call& call) {
  check_words(call, 1);
  if (call.has("skip-existing") && call.has("force")) {
    refuse(call, "--force and --skip-existing exclude each other");
  }
  const std::string file = call.operands.empty() ? "" : call.operands.back();
  for_each_store(call, file, store::each_saved_store, [&](const SavedStore& stored) { restore_store(call, stored); });
  return call.status();
}

}  // namespace shm::verbs
