// stat: all that is known of one name.
#include <fmt/core.h>
#include "cli/duration.hpp"
#include "guard/jobs.hpp"
#include "object/counter.hpp"
#include "object/dict.hpp"
#include "object/list.hpp"
#include "object/queue.hpp"
#include "os/accounts.hpp"
#include "os/clock.hpp"
#include "verbs/common.hpp"
#include "verbs/job_text.hpp"
#include "verbs/object_text.hpp"
#include "verbs/queue_words.hpp"
#include "verbs/store.hpp"

namespace shm::verbs {

namespace {
/// Fields as lines of "name: text", or as one JSON object.
class Sheet {
 public:
  void text(std::string_view key, std::string_view value) {
    lines_ += fmt::format("{}: {}\n", key, value);
    json_.add(key, value);
  }
  void state(std::string_view key, std::string_view text, std::string_view json) {
    lines_ += fmt::format("{}: {}\n", key, text);
    json_.add_raw(key, json);
  }
  void number(std::string_view key, std::string_view digits) { state(key, digits, digits); }
  void number(std::string_view key, std::uint64_t value) { number(key, fmt::format("{}", value)); }
  void number(std::string_view key, std::int64_t value) { number(key, fmt::format("{}", value)); }
  void yes_no(std::string_view key, bool value) { number(key, value ? "true" : "false"); }
  void print(cli::Call& call) const {
    if (call.output.json()) {
      call.output.write(json_);
    } else {
      call.output.write(lines_);
    }
  }

 private:
  std::string lines_;
  cli::Json json_;
};

void add_file(Sheet& sheet, const os::FileInfo& info) {
  sheet.text("owner", os::user_name(info.uid).view());
  sheet.text("group", os::group_name(info.gid).view());
  sheet.text("mode", fmt::format("{:04o}", info.mode & 07777U));
  sheet.number("size", info.size);
}

void add_counter(Sheet& sheet, std::string_view name, const object::Description& found) {
  const auto limits = cli::must(object::limits_of(found.header, name));
  sheet.number("min", limits.min);
  sheet.number("max", limits.max);
  sheet.text("on-limit", limits.on_limit == object::OnLimit::saturate ? "saturate"
                         : limits.on_limit == object::OnLimit::wrap   ? "wrap"
                                                                      : "fail");
  sheet.number("start", limits.start);
}

void add_text(Sheet& sheet, const object::TextDescription& text) {
  sheet.number("length", text.length);
  if (text.expires_ns != 0) {
    sheet.text("expires", cli::format_time(text.expires_ns));
  }
}

void add_queue(Sheet& sheet, const store::Store& store, std::string_view name) {
  const auto queue = cli::must(object::Queue::open(store, name, os::Access::read));
  for (const auto& facts : {facts_of(queue.limits()), facts_of(cli::must(queue.stats()))}) {
    for (const auto& fact : facts) {
      sheet.state(fact.key, fact.text, fact.json);
    }
  }
}

/// Of a kind that has its limits and stats() alike.
template <class Object>
void add_grown(Sheet& sheet, const store::Store& store, std::string_view name) {
  const auto found = cli::must(Object::open(store, name, os::Access::read));
  sheet.number("bytes", cli::must(found.stats()).bytes);
  for (const auto& [key, limit] :
       {std::pair("max-items", found.limits().max_items), std::pair("max-bytes", found.limits().max_bytes)}) {
    const std::string digits = fmt::format("{}", limit);
    sheet.state(key, limit == 0 ? "none" : digits, limit == 0 ? "null" : digits);
  }
}

void add_object(Sheet& sheet, const store::Store& store, std::string_view name, const object::Description& found) {
  sheet.text("kind", object::kind_name(found.kind));
  if (found.type != object::Type::none) {
    sheet.text("type", object::type_name(found.type));
  }
  if (found.element != object::Element::none) {
    sheet.text("type", object::element_name(found.element));
  }
  const auto state = state_of(found);
  sheet.state("value", state.text, state.json);
  if (found.kind == object::Kind::counter) {
    add_counter(sheet, name, found);
  } else if (found.kind == object::Kind::queue) {
    add_queue(sheet, store, name);
  } else if (found.kind == object::Kind::list) {
    add_grown<object::List>(sheet, store, name);
  } else if (found.kind == object::Kind::dict) {
    add_grown<object::Dict>(sheet, store, name);
  } else if (found.kind == object::Kind::array) {
    sheet.number("length", found.length);
  } else if (object::is_text(found.type)) {
    add_text(sheet, found.text);
  }
  add_file(sheet, found.info);
  sheet.text("created", cli::format_time(found.header.created_ns));
  sheet.text("id", fmt::format("{:016x}", found.header.id));
}

std::string seconds_text(std::int64_t ns) {
  return fmt::format("{}.{:03}", ns / 1'000'000'000, ns % 1'000'000'000 / 1'000'000);
}

void add_job(Sheet& sheet, const guard::JobState& job) {
  sheet.text("kind", "job");
  sheet.text("state", guard::state_text(job).view());
  if (job.pause) {
    constexpr std::string_view word = "paused ";  // which is the key already
    const std::string how = paused_how(*job.pause) + " ";
    sheet.text("paused", how == word ? "yes" : how.substr(word.size(), how.size() - word.size() - 1));
  }
  sheet.number("runs", job.runs);
  sheet.number("failures", job.failures);
  sheet.number("failures-in-a-row", job.failures_in_a_row);
  sheet.number("skips", job.skips);
  sheet.number("skips-in-a-row", job.skips_in_a_row);
  sheet.number("lost", job.lost);
  sheet.number("token", job.token);
  if (job.last_start_ns != 0) {
    sheet.text("last-start", cli::format_time(job.last_start_ns));
  }
  if (job.last_end_ns != 0) {
    sheet.text("last-end", cli::format_time(job.last_end_ns));
    sheet.number("last-status", static_cast<std::int64_t>(job.last_status));
    sheet.number("last-seconds", seconds_text(job.last_duration_ns));
    sheet.number("total-seconds", seconds_text(job.total_ns));
  }
  if (job.last_success_ns != 0) {
    sheet.text("last-success", cli::format_time(job.last_success_ns));
  }
  if (job.due_ns > os::realtime_ns()) {
    sheet.text("due", cli::format_time(job.due_ns));
  }
  add_file(sheet, job.info);
}
}  // namespace

int stat(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  const auto& store = open_store(call, store::Missing::refuse);
  using_object(name);
  Sheet sheet;
  sheet.text("name", name);
  const auto found =
      call.has("job") ? std::unexpected(os::fail(os::Code::absent, "show", name, "")) : object::describe(store, name);
  if (found) {
    add_object(sheet, store, name, *found);
  } else if (found.error().code != os::Code::absent) {
    throw cli::Failure(found.error());
  } else {
    const auto job = guard::describe_job(store, name);
    if (!job && job.error().code == os::Code::absent) {
      throw cli::Failure(
          os::fail(os::Code::absent, "show", name,
                   call.has("job") ? "there is no job of that name" : "there is no object or job of that name"));
    }
    add_job(sheet, cli::must(job));
  }
  sheet.text("store", store.path());
  sheet.print(call);
  return 0;
}

}  // namespace shm::verbs
