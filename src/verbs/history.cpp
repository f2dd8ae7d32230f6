#include "verbs/history.hpp"
#include <fmt/core.h>
#include <algorithm>
#include <map>
#include "cli/duration.hpp"
#include "cli/printable.hpp"
#include "guard/history.hpp"
#include "os/accounts.hpp"
#include "os/clock.hpp"
#include "store/name.hpp"
#include "verbs/common.hpp"
#include "verbs/job_json.hpp"
#include "verbs/job_text.hpp"
#include "verbs/numbers.hpp"

namespace shm::verbs {

namespace {
/// Names of users, each looked up once.
class Users {
 public:
  const std::string& name(std::uint32_t uid) {
    auto& name = names_[uid];
    if (name.empty()) {
      name = os::user_name(uid).view();
    }
    return name;
  }

 private:
  std::map<std::uint32_t, std::string> names_;
};

/// "2412 KiB", "120 MiB", "12 GiB"
std::string size_text(std::int64_t kib) {
  constexpr std::int64_t mib = 1024;
  constexpr std::int64_t gib = 1024 * mib;
  return kib < 10 * mib   ? fmt::format("{} KiB", kib)
         : kib < 10 * gib ? fmt::format("{} MiB", kib / mib)
                          : fmt::format("{} GiB", kib / gib);
}

std::string outcome_text(const guard::PastRun& run) {
  if (!run.ended) {
    return "running";
  }
  switch (run.ended->ending) {
    case guard::Ending::exited: return fmt::format("{}", run.ended->status);
    case guard::Ending::signalled: return fmt::format("{} ({})", run.ended->status, signal_name(run.ended->signal));
    case guard::Ending::lost: return "lost";
    default: return fmt::format("{} ({})", run.ended->status, guard::name_of(run.ended->ending));
  }
}

std::string dash_if_empty(const std::string& text) { return text.empty() ? "-" : text; }

std::vector<std::string> row_of(const guard::PastRun& run, Users& users) {
  const bool used = run.ended && run.ended->ending != guard::Ending::lost;
  const auto& usage = run.ended.value_or(guard::Ended()).usage;
  return {cli::format_time(run.start_ns),
          used         ? how_long(run.ended->duration_ns)
          : !run.ended ? how_long(std::max<std::int64_t>(0, os::realtime_ns() - run.start_ns))
                       : "-",
          outcome_text(run),
          used ? fmt::format("{}", run.ended->tries) : "-",
          used ? how_long((usage.user_us + usage.system_us) * 1000) : "-",
          used ? size_text(usage.most_memory_kib) : "-",
          users.name(run.uid),
          dash_if_empty(cli::printable(run.trigger.view()))};
}

cli::Json json_of(const guard::PastRun& run, Users& users) {
  cli::Json json;
  json.add("token", run.token);
  add_seconds(json, "start", run.start_ns, 3);
  const bool lost = run.ended && run.ended->ending == guard::Ending::lost;
  if (run.end_ns != 0) {
    add_seconds(json, "end", run.end_ns, 3);
  } else {
    json.add_null("end");
  }
  json.add("outcome", run.ended ? guard::name_of(run.ended->ending) : std::string_view("running"));
  if (run.ended && !lost) {
    const auto& ended = *run.ended;
    json.add("status", ended.status);
    add_signal(json, "signal", ended.signal);
    add_effort(json, ended);
  } else {
    json.add_null("status").add_null("signal");
  }
  json.add("pid", run.pid).add("uid", run.uid).add("user", users.name(run.uid));
  return json.add("trigger", run.trigger.view());
}

std::vector<std::string> row_of(const guard::Refusal& refusal, Users& users) {
  return {cli::format_time(refusal.when_ns),
          std::string(guard::name_of(refusal.why)),
          users.name(refusal.uid),
          fmt::format("{}", refusal.pid),
          dash_if_empty(cli::printable(refusal.trigger.view())),
          refusal.holder_pid == 0 ? "-" : fmt::format("{}", refusal.holder_pid)};
}

cli::Json json_of(const guard::Refusal& refusal, Users& users) {
  cli::Json json;
  add_seconds(json, "when", refusal.when_ns, 3);
  json.add("why", guard::name_of(refusal.why)).add("pid", refusal.pid).add("uid", refusal.uid);
  json.add("user", users.name(refusal.uid)).add("trigger", refusal.trigger.view());
  if (refusal.holder_token != 0) {
    json.add("holder_token", refusal.holder_token).add("holder_pid", refusal.holder_pid);
  } else {
    json.add_null("holder_token").add_null("holder_pid");
  }
  return json;
}

/// Newest first, `count` at most.
template <class Item>
void print(cli::Call& call, std::vector<Item> items, std::uint64_t count, const std::vector<std::string>& header) {
  std::reverse(items.begin(), items.end());
  items.resize(std::min<std::uint64_t>(items.size(), count));
  Users users;
  cli::Table table(header);
  for (const Item& item : items) {
    if (call.output.json()) {
      call.output.write(json_of(item, users));
    } else {
      table.add(row_of(item, users));
    }
  }
  if (!table.empty()) {
    call.output.write(table.text());
  }
}
}  // namespace

int history(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  const std::uint64_t count = number_of(call, "count", 1, UINT64_MAX);
  const auto& store = open_store(call, store::Missing::refuse);
  using_object(name);
  auto record = guard::Record::open(store, name, os::Access::read);
  if (!record && record.error().code == os::Code::absent) {
    throw cli::Failure(os::fail(os::Code::absent, "show the history of", name, "there is no job of that name"));
  }
  const auto job = cli::must(std::move(record));
  if (call.has("skips")) {
    print(call, guard::refusals_of(job), count, {"WHEN", "WHY", "USER", "PID", "TRIGGER", "HOLDER"});
  } else {
    print(call, guard::runs_of(job, guard::Here::look()), count,
          {"START", "DURATION", "STATUS", "TRIES", "CPU", "MEMORY", "USER", "TRIGGER"});
  }
  return 0;
}

}  // namespace shm::verbs
