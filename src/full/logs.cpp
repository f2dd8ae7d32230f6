#include "full/logs.hpp"
#include <fmt/core.h>
#include <fnmatch.h>
#include <optional>
#include "cli/duration.hpp"
#include "cli/failure.hpp"
#include "cli/moment.hpp"
#include "full/log_entry.hpp"
#include "hot/journal_messages.hpp"
#include "os/accounts.hpp"
#include "os/clock.hpp"
#include "os/file.hpp"
#include "store/name.hpp"
#include "store/store.hpp"
#include "verbs/common.hpp"
#include "verbs/numbers.hpp"

namespace shm::full {

namespace {
constexpr std::uint64_t last_entries = 10;  // before what --follow waits for, as tail -f
constexpr std::size_t piece = 1U << 16U;    // bytes that are printed at once

struct Wanted {
  std::string pattern;  // of the jobs' names; empty: all
  std::optional<std::uint64_t> count;
  std::int64_t since_ns = 0;  // 1970, UTC
  std::int64_t until_ns = INT64_MAX;
  bool follow = false;
};

Wanted read_wanted(const cli::Call& call) {
  Wanted wanted;
  const std::int64_t now = os::realtime_ns();
  if (!call.operands.empty()) {
    wanted.pattern = call.operands[0];
  }
  if (const auto since = call.argument("since")) {
    wanted.since_ns = cli::parse_past(*since, "since", now);
  }
  if (const auto until = call.argument("until")) {
    wanted.until_ns = cli::parse_past(*until, "until", now);
  }
  wanted.follow = call.has("follow");
  if (wanted.follow && call.has("until")) {
    verbs::refuse(call, "--follow and --until exclude each other");
  }
  if (call.has("count")) {
    wanted.count = verbs::number_of(call, "count", 1, 1);
  } else if (wanted.follow && !call.has("since")) {
    wanted.count = last_entries;
  }
  return wanted;
}

bool is_pattern(std::string_view text) { return text.find_first_of("*?[\\") != std::string_view::npos; }

void match(systemd::JournalReader& journal, std::string_view name, std::string_view value) {
  cli::must(journal.match(name, value));
}

/// The store may be gone with the last boot; its jobs have their entries all the same. Only what its owner and root
/// have written counts, where one user has it: anybody may write to the journal that root's backup has succeeded.
void match_store(systemd::JournalReader& journal, const cli::Call& call) {
  if (const auto* store = verbs::find_store(call)) {
    match(journal, "SHMCTL_STORE", store::absolute_path(*store).view());
    if (!store->shared()) {
      match(journal, "_UID", fmt::format("{}", store->owner()));
      match(journal, "_UID", "0");
    }
    return;
  }
  const auto place =
      cli::must(store::place_of(call.store(), os::effective_uid(), os::info_of(store::user_root).has_value()));
  match(journal, "SHMCTL_STORE", place.path.view());
  if (place.kind != store::PlaceKind::group) {
    match(journal, "_UID", fmt::format("{}", place.uid));
    match(journal, "_UID", "0");
  }
}

void match_outcome(systemd::JournalReader& journal, const cli::Call& call) {
  const auto word = call.argument("outcome");
  for (const auto& message : hot::journal_messages) {
    const bool wanted = !word || *word == message.outcome ||
                        (*word == "failures" && message.sort == hot::Sort::failure) ||
                        (*word == "skips" && message.sort == hot::Sort::skip);
    if (wanted) {
      match(journal, "MESSAGE_ID", message.id);
    }
  }
}

/// The entries that are asked for, one after another.
class Entries {
 public:
  Entries(systemd::JournalReader& journal, const Wanted& wanted) : journal_(journal), wanted_(wanted) {}

  /// Goes to the first; false: there is none yet.
  bool first() {
    if (!wanted_.count) {
      cli::must(wanted_.since_ns > 0 ? journal_.seek_time(wanted_.since_ns) : journal_.seek_start());
      return next();
    }
    if (wanted_.until_ns != INT64_MAX) {
      cli::must(journal_.seek_time(wanted_.until_ns));
    } else {
      cli::must(journal_.seek_end());
    }
    return back();
  }
  bool next() {
    while (cli::must(journal_.next())) {
      if (journal_.when_ns() > wanted_.until_ns) {
        return false;
      }
      if (fits()) {
        return true;
      }
    }
    return false;
  }

 private:
  /// From the end: to the oldest of as many as are wanted, without remembering them. Behind it comes nothing new that
  /// would be missed, nor anything twice.
  bool back() {
    std::uint64_t found = 0;
    std::uint64_t beyond = 0;  // entries since the last one that fits
    while (found < *wanted_.count && cli::must(journal_.previous())) {
      if (journal_.when_ns() < wanted_.since_ns) {
        ++beyond;
        break;
      }
      const bool counts = journal_.when_ns() <= wanted_.until_ns && fits();
      found += counts ? 1 : 0;
      beyond = counts ? 0 : beyond + 1;
    }
    if (found == 0) {
      cli::must(journal_.seek_start());  // from the end, next() would pass over what comes in the meantime
      return next();
    }
    for (; beyond > 0; --beyond) {
      cli::must(journal_.next());
    }
    return true;
  }
  [[nodiscard]] bool fits() const {
    const auto job = journal_.field("SHMCTL_JOB");
    return job && store::valid_name(*job) && journal_.when_ns() >= wanted_.since_ns &&
           (wanted_.pattern.empty() || ::fnmatch(wanted_.pattern.c_str(), job->c_str(), 0) == 0);
  }

  systemd::JournalReader& journal_;
  const Wanted& wanted_;
};

class Printer {
 public:
  explicit Printer(cli::Output& output) : output_(output) {}
  void print(const systemd::JournalReader& entry) {
    printed_ = true;
    if (output_.json()) {
      output_.write(json_of(entry));
    } else {
      const std::string boot = entry.boot();
      if (!boot_.empty() && boot != boot_) {
        output_.write("-- reboot --\n");
      }
      boot_ = boot;
      output_.write(line_of(entry, own_uid_) + "\n");
    }
    if (output_.pending().size() > piece) {
      output_.flush();
    }
  }
  [[nodiscard]] bool printed() const noexcept { return printed_; }

 private:
  cli::Output& output_;
  std::uint32_t own_uid_ = os::effective_uid();
  std::string boot_;
  bool printed_ = false;
};

int nothing_found(const cli::Call& call, const Wanted& wanted) {
  if (!call.quiet()) {
    cli::complain(wanted.pattern.empty() ? "logs: the journal has no such entries"
                                         : fmt::format("logs {}: the journal has no such entries", wanted.pattern));
  }
  return cli::status_of(os::Code::absent);
}
}  // namespace

int logs(cli::Call& call) {
  const Wanted wanted = read_wanted(call);
  if (!wanted.pattern.empty() && !is_pattern(wanted.pattern)) {
    cli::must(store::check_name(wanted.pattern));
  }
  auto journal = cli::must(systemd::JournalReader::open(call.argument("directory")));
  match_outcome(journal, call);
  match_store(journal, call);
  if (!wanted.pattern.empty() && !is_pattern(wanted.pattern)) {
    match(journal, "SHMCTL_JOB", wanted.pattern);
  }
  if (journal.hidden() && !call.quiet()) {
    cli::complain(
        "logs: you can't see all of the journal (root and members of the group systemd-journal can; -q leaves this "
        "out)");
  }
  Entries entries(journal, wanted);
  Printer printer(call.output);
  for (bool more = entries.first(); more || wanted.follow; more = entries.next()) {
    if (more) {
      printer.print(journal);
    } else {
      call.output.flush();
      cli::must(journal.wait());
    }
  }
  return printer.printed() ? 0 : nothing_found(call, wanted);
}

}  // namespace shm::full
