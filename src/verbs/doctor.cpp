// doctor: the store's survey, and the jobs' part of it, as lines.
#include "cli/printable.hpp"
#include "guard/answering.hpp"
#include "guard/jobs.hpp"
#include "guard/token.hpp"
#include "object/change_of.hpp"
#include "object/kind.hpp"
#include "os/accounts.hpp"
#include "store/survey.hpp"
#include "verbs/common.hpp"
#include "verbs/store.hpp"

namespace shm::verbs {

namespace {
struct Printer {
  cli::Call& call;
  bool bad = false;

  static std::string_view word(store::Health health) {
    switch (health) {
      case store::Health::good: return "ok";
      case store::Health::warning: return "warning";
      case store::Health::bad: return "bad";
    }
    return "";
  }

  void print(const store::Finding& finding) {
    bad = bad || finding.health == store::Health::bad;
    if (call.output.json()) {
      cli::Json line;
      line.add("health", word(finding.health)).add("what", finding.what.view());
      if (finding.advice != nullptr) {
        line.add("advice", finding.advice);
      }
      call.output.write(line);
      return;
    }
    std::string line(word(finding.health));
    line.resize(9, ' ');
    line += finding.what.view();
    if (finding.advice != nullptr) {
      line += ": ";
      line += finding.advice;
    }
    if (!call.quiet() || finding.health != store::Health::good) {
      call.output.write(cli::printable(line) + '\n');  // it may name what others put there
    }
  }
};

void look_at_tokens(const store::Store& store, Printer& printer) {
  if (const auto token = guard::token_to_begin_after(store); !token) {
    store::Finding finding;
    finding.health = store::Health::bad;
    finding.what.add("no new job can run: ").add(cli::message_of(token.error()));
    printer.print(finding);
  }
}

// What the survey of the files alone can't see: records that are no records.
void look_at_jobs(const cli::Call& call, Printer& printer) {
  const auto store = store::Store::open(call.store(), os::effective_uid(), store::Missing::refuse);
  if (!store) {
    return;  // the survey has said so
  }
  look_at_tokens(*store, printer);
  const auto listed = guard::list_jobs(
      *store,
      [](void* context, const guard::JobState& job) {
        if (job.damaged) {
          store::Finding finding;
          finding.health = store::Health::bad;
          finding.what.add("the record of job ").add(job.name.view()).add(" is damaged or planted");
          finding.advice = "look at it, then 'shmctl rm --job' it";
          static_cast<Printer*>(context)->print(finding);
        }
        return true;
      },
      &printer);
  if (const auto dead = guard::dead_sockets(*store, {}, call.has("fix")); dead && *dead != 0) {
    store::Finding finding;
    finding.health = store::Health::warning;
    finding.what.add("sockets that killed runs left behind: ").add_decimal(*dead);
    finding.advice = "'shmctl doctor --fix' removes them, and so do later runs";
    printer.print(finding);
  }
  if (!listed) {
    store::Finding finding;
    finding.health = store::Health::bad;
    finding.what.add("the jobs could not be looked at");
    finding.advice = listed.error().advice;
    printer.print(finding);
  }
}
}  // namespace

int doctor(cli::Call& call) {
  store::Survey how;
  const std::string said(call.store());
  how.said = said;
  how.from_environment = !said.empty() && !call.has("store");
  how.euid = os::effective_uid();
  how.mend = call.has("fix");
  how.examine = [](const store::Store& store, std::string_view name) {
    using_object(name);
    const auto described = object::describe(store, name);
    return described ? os::Result<void>() : std::unexpected(described.error());
  };
  how.change_of = object::change_of;
  Printer printer{call};
  store::survey(
      how, [](void* context, const store::Finding& finding) { static_cast<Printer*>(context)->print(finding); },
      &printer);
  look_at_jobs(call, printer);
  return printer.bad ? cli::status_of(os::Code::untrusted) : 0;
}

}  // namespace shm::verbs
