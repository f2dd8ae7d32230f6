#include "verbs/run_forward.hpp"
#include <algorithm>
#include <optional>
#include "guard/watch.hpp"
#include "os/standard_streams.hpp"
#include "verbs/common.hpp"
#include "work/inbox.hpp"

namespace shm::verbs {

namespace {
/// Of the run that has the job, which can be told from every other; 0: whoever has it is none, or not known.
std::uint64_t token_of(const std::vector<guard::Holder>& holders) {
  const auto found =
      std::find_if(holders.begin(), holders.end(), [](const guard::Holder& holder) { return holder.token != 0; });
  return found == holders.end() ? 0 : found->token;
}

std::uint64_t running_token(const store::Store& store, std::string_view job) {
  const auto view = guard::view_job(store, job);
  if (!view && view.error().code == os::Code::absent) {
    return 0;
  }
  return token_of(cli::must(view).holders);
}

work::Message message_of(const cli::Call& call, std::uint64_t token) {
  auto message = work::message_from_here();
  message.token = token;
  message.words.assign(call.operands.begin() + 1, call.operands.end());
  message.has_input = os::input_is_given();
  if (message.has_input) {
    os::Buffer input;
    cli::must(os::read_input(input));
    message.input = input.view();
  }
  return message;
}

/// What was read is there to be read again, by this call's own command.
void put_back_input(const work::Message& message) {
  if (message.has_input) {
    cli::must(os::give_input(std::as_bytes(std::span(message.input))));
  }
}
}  // namespace

void read_forward(const cli::Call& call, RunRequest& request) {
  request.forward = call.argument("on-busy") == "forward";
  if (!request.forward) {
    return;
  }
  if (request.want.mode != guard::Mode::exclusive) {
    refuse(call, "--on-busy forward is for a job that runs once at a time, not with --shared or --slots");
  }
  if (call.has("wait")) {
    refuse(call, "--wait and --on-busy forward exclude each other");
  }
  request.want.held_is_skipped = false;
  request.want.inside_a_run = false;  // a run may write to itself: it waits for nobody
}

bool forward_run(const cli::Call& call, const store::Store& store, const RunRequest& request, guard::Outcome& outcome) {
  const auto& job = call.operands[0];
  const std::uint64_t token = token_of(outcome.busy.holders);
  if (token == 0) {
    return false;
  }
  const auto message = message_of(call, token);
  auto inbox = cli::must(work::Inbox::open(call.store(), job, store::Missing::create));
  const std::uint64_t id = cli::must(inbox.send(message));
  for (;;) {
    // Whatever run has the job now can read what was there before.
    if (running_token(store, job) != 0) {
      return true;
    }
    outcome = cli::must(guard::acquire(store, job, request.want));
    if (outcome.hold || outcome.busy.why != guard::Why::held || token_of(outcome.busy.holders) == 0) {
      break;
    }
  }
  // Nobody did. It is taken back; if it is gone, a run that has ended since has read it.
  if (!cli::must(inbox.withdraw(id))) {
    return true;
  }
  put_back_input(message);
  return false;
}

}  // namespace shm::verbs
