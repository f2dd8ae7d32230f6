#include "guard/join.hpp"
#include <algorithm>
#include "guard/history.hpp"
#include "os/clock.hpp"

namespace shm::guard {

namespace {
using os::Code;
using os::Result;

constexpr std::int64_t look_again_ns = 10'000'000;

os::Error nobody_knows(std::string_view job) noexcept {
  return os::fail(Code::lost, "join the run of", job, "it is over, and nobody saw how it ended");
}

// What the record has of it; nothing while it runs.
Result<std::optional<Ended>> end_on_record(const store::Store& store, std::string_view job,
                                           std::uint64_t token) noexcept {
  const auto record = Record::open(store, job, os::Access::read);
  if (!record) {
    return std::unexpected(record.error().code == Code::absent ? nobody_knows(job) : record.error());
  }
  const auto runs = runs_of(*record, Here::look());
  const auto found = std::find_if(runs.begin(), runs.end(), [&](const PastRun& run) { return run.token == token; });
  if (found == runs.end() || (found->ended && found->ended->ending == Ending::lost)) {
    return std::unexpected(nobody_knows(job));
  }
  return found->ended;
}

// Its supervisor does not answer: it was killed or stopped, or it is just ending.
Result<Ended> wait_for_record(const store::Store& store, std::string_view job, const Holder& run,
                              std::int64_t deadline_ns) noexcept {
  for (;;) {
    const auto ended = end_on_record(store, job, run.token);
    if (!ended) {
      return std::unexpected(ended.error());
    }
    if (*ended) {
      return **ended;
    }
    const std::int64_t now = os::monotonic_ns();
    if (deadline_ns >= 0 && now >= deadline_ns) {
      return std::unexpected(os::fail(Code::timed_out, "join the run of", job, "it has not ended in time"));
    }
    const auto command = os::open_process(run.command.pid, run.command.start);
    if (run.command.pid != 0 && command) {
      (void)os::wait_process(*command, deadline_ns);
    }
    os::sleep_until(os::monotonic_ns() + look_again_ns);  // the end is about to be written, or can't be seen from here
  }
}

Result<Joined> by_talking(Talk& talk, const Look* look, std::int64_t deadline_ns) noexcept {
  if (look != nullptr) {
    const auto followed = follow_output(talk, *look, deadline_ns);
    if (followed) {
      return Joined{followed->ended, true, followed->missed};
    }
    if (followed.error().code != Code::absent) {
      return std::unexpected(followed.error());
    }
  }
  (void)talk.ask_for_end();  // refused where the end has been told already
  const auto ended = talk.wait_for_end(deadline_ns);
  return ended ? Result<Joined>(Joined{*ended, false, 0}) : std::unexpected(ended.error());
}
}  // namespace

Result<Joined> join_run(const store::Store& store, std::string_view job, const Holder& run, const Look* look,
                        std::int64_t deadline_ns) noexcept {
  auto talk = Talk::open(store, job, run, deadline_ns);
  if (talk) {
    auto joined = by_talking(*talk, look, deadline_ns);
    if (joined || (joined.error().code != Code::lost && joined.error().code != Code::absent)) {
      return joined;
    }
  } else if (talk.error().code == Code::timed_out) {
    return std::unexpected(talk.error());
  }
  const auto ended = wait_for_record(store, job, run, deadline_ns);
  return ended ? Result<Joined>(Joined{*ended, false, 0}) : std::unexpected(ended.error());
}

}  // namespace shm::guard
