#include "verbs/queue_work.hpp"
#include <fmt/core.h>
#include <charconv>
#include <cstring>
#include "cli/duration.hpp"
#include "cli/progress.hpp"
#include "verbs/queue_words.hpp"
#include "work/worker.hpp"

namespace shm::verbs {

namespace {
constexpr unsigned most_at_once = 10000;
constexpr int status_not_runnable = 126;
constexpr int status_not_found = 127;
constexpr std::int64_t tell_every_ns = 100'000'000;

std::uint32_t at_once_of(const cli::Call& call) {
  const auto text = call.argument("jobs");
  if (!text) {
    return 1;
  }
  std::uint32_t number = 0;
  if (*text != "auto") {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size() || number > most_at_once) {
      refuse(call, fmt::format("--jobs '{}': not 'auto', nor a number from 0 to {}", *text, most_at_once));
    }
  }
  return number != 0 ? number : work::processors();
}

std::int64_t wait_of(const cli::Call& call) {
  const auto text = call.argument("wait");
  if (text && call.has("follow")) {
    refuse(call, "--wait and --follow exclude each other");
  }
  return call.has("follow") ? -1 : text ? cli::parse_patience(*text, "wait") : 0;
}

work::Plan plan_of(const cli::Call& call) {
  work::Plan plan;
  plan.at_once = at_once_of(call);
  if (call.has("retries")) {
    plan.retries = static_cast<std::int64_t>(std::min<std::uint64_t>(number_of(call, "retries", 0, 0), INT64_MAX));
  }
  plan.ttr_ns = time_of(call, "ttr", plan.ttr_ns);
  plan.wait_ns = wait_of(call);
  plan.kill_after_ns = time_of(call, "kill-after", plan.kill_after_ns);
  return plan;
}

/// A queue that is not there can be waited for as well.
object::Queue open_or_create(const store::Store& store, std::string_view name) {
  using_object(name);
  for (;;) {
    auto queue = object::Queue::open(store, name, os::Access::write);
    if (queue || queue.error().code != os::Code::absent) {
      return cli::must(std::move(queue));
    }
    const auto created = object::Queue::create(store, name, object::QueueLimits(), object::Permissions());
    if (!created && created.error().code != os::Code::exists) {
      throw cli::Failure(created.error());
    }
  }
}

/// What the user hears of the work while it is under way.
class Teller : public work::Listener {
 public:
  Teller(std::string_view name, bool quiet) : name_(name), quiet_(quiet) {}

  void event(const work::Event& event) override {
    const auto text = quiet_ ? std::string() : text_of(event);
    if (!text.empty()) {
      line_.complain(fmt::format("queue work {}: {}", name_, text));
    }
  }
  void counts(const work::Counts& counts) override {
    if (quiet_ || !cli::ProgressLine::possible()) {
      return;
    }
    const std::string buried = counts.buried != 0 ? fmt::format(", {} buried", counts.buried) : "";
    line_.draw(fmt::format("{}: {} done, {} failed{}, {} running, {} ready", name_, counts.done, counts.failed, buried,
                           counts.running, counts.ready));
  }

 private:
  [[nodiscard]] std::string text_of(const work::Event& event) const {
    switch (event.what) {
      case work::What::failed:
        return fmt::format("item {}: attempt {} ended with status {} (it is tried again)", event.id, event.attempt,
                           event.status);
      case work::What::buried:
        return fmt::format("item {}: attempt {} ended with status {}, and was the last (buried: 'shmctl queue kick')",
                           event.id, event.attempt, event.status);
      case work::What::unfit:
        return fmt::format(
            "item {}: no word of a command, for it has a NUL byte or is too long (buried: without {{}} "
            "it would be the command's input)",
            event.id);
      case work::What::strayed:
        return fmt::format(
            "item {}: attempt {} ended with status {}, but the item was not held any more (its time was "
            "over, or somebody else has settled it)",
            event.id, event.attempt, event.status);
      case work::What::stopping:
        // Who pressed the key sees it. A log would only say what its service manager says.
        return event.running == 0 || !cli::ProgressLine::possible()
                   ? std::string()
                   : fmt::format(
                         "takes no more items, and waits for {} (once more ends {})",
                         event.running == 1 ? "the command that runs" : fmt::format("{} commands", event.running),
                         event.running == 1 ? "it" : "them");
      default: return {};
    }
  }

  std::string_view name_;
  bool quiet_;
  cli::ProgressLine line_;
};

cli::Json summary(std::string_view name, const work::Ended& ended) {
  cli::Json json = queue_json(name);
  json.add("done", ended.counts.done).add("failed", ended.counts.failed).add("buried", ended.counts.buried);
  json.add("given_back", ended.counts.given_back).add("ready", ended.counts.ready);
  return json;
}
}  // namespace

int queue_work(cli::Call& call) {
  const std::string name = call.operands[0];
  work::Plan plan = plan_of(call);
  std::vector<char*> words;
  for (std::size_t i = 1; i < call.operands.size(); ++i) {
    words.push_back(call.operands[i].data());
  }
  words.push_back(nullptr);
  plan.words = words.data();
  plan.environment = environ;
  plan.tell_ns = !call.quiet() && cli::ProgressLine::possible() ? tell_every_ns : 0;

  const bool waits = plan.wait_ns != 0;
  const auto& store = open_store(call, waits ? store::Missing::create : store::Missing::refuse);
  auto queue = waits ? open_or_create(store, name) : open_queue(store, name, os::Access::write);
  work::Ended ended;
  {
    Teller teller(name, call.quiet());
    ended = work::work(queue, name, plan, teller);
    teller.counts(ended.counts);
  }
  if (call.output.json() && !call.quiet()) {
    call.output.write(summary(name, ended));
    call.output.flush();
  }
  if (ended.failure) {
    throw cli::Failure(*ended.failure);
  }
  if (ended.exec_errno != 0) {
    cli::complain(
        fmt::format("queue work {}: can't run '{}': {}", name, call.operands[1], strerrordesc_np(ended.exec_errno)));
    return ended.exec_errno == ENOENT ? status_not_found : status_not_runnable;
  }
  return ended.signal != 0 ? 128 + ended.signal : ended.all_done ? 0 : 1;
}

}  // namespace shm::verbs
