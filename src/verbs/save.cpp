// save: what a store holds, into a file that outlasts the machine.
#include "verbs/save.hpp"
#include <fmt/core.h>
#include <fnmatch.h>
#include <algorithm>
#include "cli/duration.hpp"
#include "guard/job_files.hpp"
#include "os/accounts.hpp"
#include "os/clock.hpp"
#include "verbs/common.hpp"
#include "verbs/saved_lines.hpp"
#include "verbs/saved_places.hpp"

namespace shm::verbs {

namespace {
using os::Code;
using os::Result;
using store::MarkWhat;

constexpr std::int64_t second_ns = 1'000'000'000;

/// What of a store is saved.
struct Selection {
  bool objects = true;
  bool jobs = true;
  bool marks = true;
  std::string pattern;                   ///< empty: all
  const store::Marks* marked = nullptr;  ///< then: what these name

  [[nodiscard]] bool wants(bool job, const std::string& name) const {
    return marked != nullptr  ? marked->find(MarkWhat::persisted, job, name) != nullptr
           : !pattern.empty() ? ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0
                              : true;
  }
};

struct Names {
  const Selection& wanted;
  bool of_jobs;
  std::vector<std::string> found;
};

void sort_once(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

std::vector<std::string> names_in(const store::Store& store, const Selection& wanted, bool of_jobs) {
  Names names{wanted, of_jobs, {}};
  const auto visit = [](void* context, std::string_view file) {
    auto& all = *static_cast<Names*>(context);
    const auto name = all.of_jobs ? guard::job_of_record(file) : store::valid_name(file) ? file : std::string_view();
    if (std::string whole(name); !whole.empty() && all.wanted.wants(all.of_jobs, whole)) {
      all.found.push_back(std::move(whole));
    }
    return true;
  };
  cli::must(os::list_directory(store.dir(), visit, &names));
  sort_once(names.found);
  return std::move(names.found);
}

struct Counts {
  std::uint64_t objects = 0;
  std::uint64_t jobs = 0;
  std::uint64_t marks = 0;
};

/// Writes what a store holds, one line after another.
class Saver {
 public:
  Saver(cli::Call& call, const store::Store& store, store::SaveWriter& writer)
      : call_(call), store_(store), writer_(writer) {}

  Counts save(const Selection& wanted) {
    if (wanted.objects) {
      for (const auto& name : names_in(store_, wanted, false)) {
        using_object(name);
        counts_.objects += add(document_line(store_, name, object::Kind::none));
      }
    }
    if (wanted.jobs) {
      for (const auto& name : names_in(store_, wanted, true)) {
        using_object(name);
        const auto job = guard::look_at_job(store_, name);
        counts_.jobs += add(job ? Result<std::string>(job_line(*job)) : std::unexpected(job.error()));
      }
    }
    if (wanted.marks) {
      const auto marks = cli::must(store::read_marks(store_));
      for (const auto& mark : marks.all()) {
        counts_.marks += add(mark_line(mark));
      }
    }
    return counts_;
  }

 private:
  /// What is gone by now is left out. So is, aloud, what is damaged or may not be read, for it would be so the next
  /// time too. What fails for another reason ends it all: the file that is there has more.
  std::uint64_t add(const Result<std::string>& line) {
    if (line) {
      cli::must(writer_.add(*line));
      return 1;
    }
    switch (line.error().code) {
      case Code::absent: break;
      case Code::denied:
      case Code::untrusted:
      case Code::corrupt:
      case Code::wrong_kind: call_.report(line.error()); break;
      default: throw cli::Failure(line.error());
    }
    return 0;
  }

  cli::Call& call_;
  const store::Store& store_;
  store::SaveWriter& writer_;
  Counts counts_;
};

/// The first line's own words, for people.
std::string first_words(const store::Store& store) {
  cli::Json json;
  json.add("saved", cli::format_time(os::realtime_ns())).add("store", store.path());
  const std::string text = json.text();
  return "," + text.substr(1, text.size() - 2);
}

/// A name for what was saved of an earlier store, and never restored into this one.
std::string aside_suffix(const store::SavePlace& place) {
  const auto old = store::SaveFile::open(place, "");
  return fmt::format(".unrestored-{}", (old ? old->saved_ns() : os::realtime_ns()) / second_ns);
}

bool is_there(const store::SavePlace& place) {
  os::FileInfo info;
  const auto file = place.open_file("", &info);
  if (!file && file.error().code != Code::absent) {
    throw cli::Failure(file.error());
  }
  return file.has_value();
}

/// Nothing is named, and nothing was: then nothing is to be done. Nor is it where something was saved of which this
/// store knows nothing: nobody has asked for its end. What only the metrics are to show is named too, for the list of
/// it.
bool nothing_to_do(const SavedStore& stored, const store::Marks& marks, bool has_past) {
  return stored.by_marks && marks.all().empty() && !has_past;
}

void save_store(cli::Call& call, const SavedStore& stored, Selection wanted) {
  const auto store = cli::must(store::Store::open(stored.said, os::effective_uid(), store::Missing::refuse));
  store::Marks marks;
  const bool by_default = stored.by_marks && call.operands.empty();
  const bool has_past = by_default && cli::must(store::has_its_past(store));
  if (stored.by_marks) {
    marks = cli::must(store::read_marks(store));
    wanted.marked = &marks;
    if (nothing_to_do(stored, marks, has_past)) {
      return;
    }
  }
  if (by_default) {
    cli::must(store::make_saved_directory(stored.place, os::effective_uid()));
  }
  const auto place = open_place(stored, &store);
  const bool replaces = by_default || call.has("force");
  auto writer = cli::must(store::SaveWriter::begin(
      place, replaces ? store::SaveWriter::Old::replaced : store::SaveWriter::Old::checked, first_words(store)));
  if (by_default && !has_past && is_there(place)) {
    const auto aside = aside_suffix(place);
    cli::must(writer.keep_old_as(aside));
    cli::complain(fmt::format("save to {}: what it has was not restored into this store (it is kept as {}{})",
                              stored.file, stored.file, aside));
  }
  const Counts counts = Saver(call, store, writer).save(wanted);
  cli::must(writer.finish());
  if (by_default) {
    cli::must(store::note_past(store));
  }
  if (call.output.json()) {
    cli::Json json;
    json.add("store", store.path()).add("file", stored.file).add("objects", counts.objects).add("jobs", counts.jobs);
    call.output.write(json.add("marks", counts.marks));
  }
}
}  // namespace

int save(cli::Call& call) {
  constexpr std::size_t glob_and_file = 2;
  check_words(call, glob_and_file);
  Selection wanted;
  if (call.has("job")) {
    if (call.has("persisted")) {
      refuse(call, "--persisted saves the jobs that persist --job has named, too (leave out --job)");
    }
    wanted.objects = wanted.marks = false;
  }
  if (call.operands.size() == glob_and_file) {
    wanted.pattern = call.operands[0];
    wanted.marks = false;
    wanted.jobs = call.has("job");
  }
  const std::string file = call.operands.empty() ? "" : call.operands.back();
  for_each_store(call, file, store::each_store, [&](const SavedStore& stored) {
    try {
      save_store(call, stored, wanted);
    } catch (const cli::Failure& failure) {
      // No store of that name yet: there is nothing in it.
      if (!call.has("all-stores") || failure.error().code != Code::absent) {
        throw;
      }
    }
  });
  return call.status();
}

}  // namespace shm::verbs
