#include "verbs/inbox.hpp"
#include <fmt/core.h>
#include <algorithm>
#include <cstring>
#include <optional>
#include "guard/supervise.hpp"
#include "os/accounts.hpp"
#include "os/clock.hpp"
#include "os/delivery.hpp"
#include "os/standard_streams.hpp"
#include "store/name.hpp"
#include "verbs/common.hpp"
#include "verbs/job_json.hpp"
#include "verbs/object_text.hpp"
#include "verbs/run_request.hpp"
#include "work/inbox.hpp"

namespace shm::verbs {

namespace {
using os::Code;
using work::Inbox;
using Letter = Inbox::Letter;

constexpr int time_digits = 3;
constexpr std::int64_t slice_ns = 200'000'000;  // how long until whoever reads the output is looked after

class Reader {
 public:
  explicit Reader(const cli::Call& call)
      : call_(call), job_(call.operands[0]), runs_command_(call.operands.size() > 1), deadline_ns_(deadline_of(call)) {}

  /// Nothing: there was no message, or none for this process; status() says it.
  std::optional<Letter> read() {
    while (open()) {
      auto letter = inbox_->take(until());
      if (letter) {
        return check(std::move(*letter));
      }
      const Code code = letter.error().code;
      if (code != Code::empty && code != Code::timed_out && code != Code::absent) {
        throw cli::Failure(letter.error());
      }
      if (code == Code::absent) {
        inbox_.reset();
      }
      if (over()) {
        break;
      }
      if (!runs_command_ && !call_.quiet()) {
        cli::must(os::Delivery::check());  // a script that was killed leaves nobody behind who takes what is not his
      }
    }
    say(deadline_ns_ == 0 ? "there is no message" : "no message has come in time");
    status_ = cli::status_of(deadline_ns_ == 0 ? Code::empty : Code::timed_out);
    return std::nullopt;
  }
  [[nodiscard]] Inbox& inbox() { return *inbox_; }
  [[nodiscard]] int status() const { return status_; }

 private:
  bool open() {
    if (!inbox_) {
      auto opened =
          Inbox::open(call_.store(), job_, deadline_ns_ == 0 ? store::Missing::refuse : store::Missing::create);
      if (!opened && opened.error().code == Code::absent) {
        return false;
      }
      inbox_.emplace(cli::must(std::move(opened)));
    }
    return true;
  }
  [[nodiscard]] std::int64_t until() const {
    const std::int64_t slice = os::monotonic_ns() + slice_ns;
    return deadline_ns_ < 0 ? slice : std::min(slice, deadline_ns_);
  }
  [[nodiscard]] bool over() const {
    return deadline_ns_ == 0 || (deadline_ns_ > 0 && os::monotonic_ns() >= deadline_ns_);
  }
  void say(std::string_view what) const {
    if (!call_.quiet()) {
      cli::complain(fmt::format("inbox {}: {}", job_, what));
    }
  }
  /// What is left of an earlier run must not read what is sent to a later one.
  std::optional<Letter> check(Letter letter) {
    const std::uint64_t own = plain_want(job_).outer_token;
    if (own == 0 || letter.message.token <= own) {
      return letter;
    }
    cli::must(inbox_->give_back(letter.id));
    say("a newer run has begun, and its messages are its own");
    status_ = 1;
    return std::nullopt;
  }

  const cli::Call& call_;
  std::string_view job_;
  bool runs_command_;
  std::int64_t deadline_ns_;
  std::optional<Inbox> inbox_;
  int status_ = 0;
};

cli::Json json_of(std::string_view job, const work::Message& message) {
  std::string arguments;
  for (std::size_t i = 1; i < message.words.size(); ++i) {
    arguments += (i > 1 ? "," : "") + in_json(message.words[i]);
  }
  cli::Json json;
  json.add("job", job).add("token", message.token);
  add_seconds(json, "when", message.when_ns, time_digits);
  json.add("pid", message.pid).add("uid", message.uid).add("user", os::user_name(message.uid).view());
  json.add("directory", message.directory).add("command", message.words.empty() ? "" : message.words[0]);
  json.add_raw("arguments", "[" + arguments + "]");
  return message.has_input ? json.add_bytes("input", message.input) : json.add_null("input");
}

int print(cli::Call& call, Inbox& inbox, const Letter& letter) {
  if (call.output.json()) {
    call.output.result({}, json_of(call.operands[0], letter.message));
  }
  for (std::size_t i = 1; i < letter.message.words.size() && !call.output.json(); ++i) {
    call.output.line(letter.message.words[i]);
  }
  call.output.flush();  // if that fails, the message is there again as soon as this process has ended
  cli::must(inbox.done(letter.id));
  return 0;
}

int run_command(cli::Call& call, Inbox& inbox, Letter letter) {
  auto& message = letter.message;
  cli::must(os::give_input(std::as_bytes(std::span(message.input))));
  std::string own[] = {"SHMCTL_SENDER_DIRECTORY=" + message.directory, fmt::format("SHMCTL_SENDER_PID={}", message.pid),
                       fmt::format("SHMCTL_SENDER_UID={}", message.uid)};
  std::vector<char*> environment;
  for (char* const* variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("SHMCTL_SENDER_")) {
      environment.push_back(*variable);
    }
  }
  for (auto& variable : own) {
    environment.push_back(variable.data());
  }
  environment.push_back(nullptr);
  std::vector<char*> words;
  for (std::size_t i = 1; i < call.operands.size(); ++i) {
    words.push_back(call.operands[i].data());
  }
  for (std::size_t i = 1; i < message.words.size(); ++i) {
    words.push_back(message.words[i].data());
  }
  words.push_back(nullptr);
  guard::Plan plan;
  plan.words = words.data();
  plan.environment = environment.data();
  const auto ended = cli::must(guard::supervise_unguarded({}, plan));
  if (ended.ending == guard::Ending::not_runnable) {
    cli::must(inbox.give_back(letter.id));
    cli::complain(fmt::format("inbox {}: can't run '{}': {}", call.operands[0], call.operands[1],
                              strerrordesc_np(ended.exec_errno)));
  } else {
    cli::must(inbox.done(letter.id));
  }
  return ended.status;
}
}  // namespace

int inbox(cli::Call& call) {
  cli::must(store::check_name(call.operands[0]));
  const bool runs_command = call.operands.size() > 1;
  if (runs_command && call.output.format != cli::Format::text) {
    refuse(call, "--json, --raw and --null are for calls without COMMAND");
  }
  Reader reader(call);
  auto letter = reader.read();
  if (!letter) {
    return reader.status();
  }
  return runs_command ? run_command(call, reader.inbox(), std::move(*letter)) : print(call, reader.inbox(), *letter);
}

}  // namespace shm::verbs
