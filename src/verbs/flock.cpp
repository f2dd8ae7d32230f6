#include "verbs/flock.hpp"
#include <fmt/core.h>
#include <cstring>
#include "guard/acquire.hpp"
#include "guard/channel.hpp"
#include "guard/file_lock.hpp"
#include "guard/supervise.hpp"
#include "os/clock.hpp"
#include "store/name.hpp"
#include "verbs/common.hpp"
#include "verbs/flock_words.hpp"
#include "verbs/job_text.hpp"
#include "verbs/run_request.hpp"

namespace shm::verbs {

namespace {
using Want = FlockWords::Want;

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (std::size_t i = 0; i < words.size() && line.size() < guard::command_bytes; ++i) {
    line += (i > 0 ? " " : "") + words[i];
  }
  return line;
}

int wrong(std::string_view why) {
  cli::complain(fmt::format("flock: {} (see 'shmctl flock --help')", why));
  return flock_usage;
}

// The command of a call, from the lock to the end.
class Command {
 public:
  Command(cli::Call& call, FlockWords& words) : call_(call), words_(words) {
    for (auto& word : words.command) {
      pointers_.push_back(word.data());
    }
    pointers_.push_back(nullptr);
    plan_.words = pointers_.data();
    plan_.environment = environ;
  }

  // Descriptors `keep` hold the lock.
  int run(std::span<const int> keep) { return run(keep, nullptr, nullptr); }
  int run(const store::Store& store, guard::Hold& hold) { return run({}, &store, &hold); }

 private:
  int run(std::span<const int> keep, const store::Store* store, guard::Hold* hold) {
    if (words_.verbose) {
      call_.output.write(fmt::format("flock: executing {}\n", words_.command[0]));
      call_.output.flush();
      call_.output.clear();
    }
    if (!words_.fork) {
      if (hold != nullptr) {
        cli::must(hold->leave_to_this_process(joined(words_.command)));
        keep = hold->inherited();
      }
      return not_runnable(guard::become(keep, plan_));
    }
    const auto ended = hold != nullptr ? run_held(*store, *hold) : guard::supervise_unguarded(keep, plan_);
    if (!ended) {
      call_.report(ended.error());
      return flock_system;
    }
    return ended->ending == guard::Ending::not_runnable ? not_runnable(ended->exec_errno) : ended->status;
  }

  os::Result<guard::Ended> run_held(const store::Store& store, guard::Hold& hold) {
    cli::must(hold.begin(joined(words_.command)));
    const guard::Environment environment(environ, words_.file, hold);
    plan_.environment = environment.get();
    guard::Channel channel(store, words_.file, hold, nullptr);
    guard::Companion* const companion = &channel;
    plan_.companions = std::span(&companion, 1);
    return guard::supervise(hold, plan_);
  }

  int not_runnable(int error) {
    cli::complain(fmt::format("flock: failed to execute {}: {}", words_.command[0], strerrordesc_np(error)));
    return error == ENOMEM ? flock_system : flock_not_runnable;
  }

  cli::Call& call_;
  FlockWords& words_;
  std::vector<char*> pointers_;
  guard::Plan plan_;
};

// How long it took, or why it can't be had; for --verbose.
class Report {
 public:
  Report(cli::Call& call, const FlockWords& words)
      : call_(call), words_(words), began_ns_(words.verbose ? os::monotonic_ns() : 0) {}
  void taken() const {
    if (words_.verbose) {
      constexpr std::int64_t second_us = 1'000'000;
      const std::int64_t took_us = (os::monotonic_ns() - began_ns_) / 1000;
      call_.output.write(
          fmt::format("flock: getting lock took {}.{:06} seconds\n", took_us / second_us, took_us % second_us));
    }
  }
  [[nodiscard]] int conflict() const {
    if (words_.verbose) {
      cli::complain(words_.patience_ns == 0 ? "flock: failed to get lock" : "flock: timeout while waiting to get lock");
    }
    return words_.conflict_status;
  }

 private:
  cli::Call& call_;
  const FlockWords& words_;
  std::int64_t began_ns_;
};

std::int64_t deadline_in(std::int64_t patience_ns) { return patience_ns > 0 ? os::after(patience_ns) : patience_ns; }

int status_of_opening(const os::Error& error) {
  switch (error.sys_errno) {
    case ENOMEM:
    case EMFILE:
    case ENFILE: return flock_system;
    case EROFS:
    case ENOSPC: return flock_cant_create;
    default: return error.code == os::Code::full ? flock_cant_create : flock_no_input;
  }
}

int status_of_locking(const os::Error& error) {
  const bool ours = error.sys_errno == ENOLCK || error.sys_errno == ENOMEM || error.code == os::Code::full;
  return ours ? flock_system : flock_bad_data;
}

int on_file(cli::Call& call, FlockWords& words) {
  auto opened = words.descriptor >= 0 ? os::Result<guard::FileLock>(guard::FileLock::of_descriptor(words.descriptor))
                                      : guard::FileLock::open(words.file);
  if (!opened) {
    call.report(opened.error());
    return status_of_opening(opened.error());
  }
  guard::FileLock& lock = *opened;
  const Report report(call, words);
  const auto sharing = words.want == Want::shared ? os::Sharing::shared : os::Sharing::exclusive;
  const auto taken = words.want == Want::unlock ? lock.drop() : lock.take(sharing, deadline_in(words.patience_ns));
  if (!taken) {
    call.report(taken.error());
    return status_of_locking(taken.error());
  }
  if (!*taken) {
    return report.conflict();
  }
  report.taken();
  if (words.descriptor >= 0) {
    return 0;
  }
  const int kept = lock.number();
  return Command(call, words).run(words.close ? std::span<const int>() : std::span(&kept, 1));
}

int on_job(cli::Call& call, FlockWords& words) {
  Command command(call, words);
  const Report report(call, words);
  if (words.want == Want::unlock) {  // nobody else's lock: there is nothing to give up
    report.taken();
    return command.run({});
  }
  guard::Want want = plain_want(words.file);
  want.mode = words.want == Want::shared ? guard::Mode::shared : guard::Mode::exclusive;
  want.wait = words.patience_ns != 0;
  want.deadline_ns = want.wait ? deadline_in(words.patience_ns) : guard::for_ever;
  const auto& store = open_store(call, store::Missing::create);
  using_object(words.file);
  auto outcome = cli::must(guard::acquire(store, words.file, want));
  if (outcome.hold) {
    report.taken();
    return command.run(store, *outcome.hold);
  }
  const auto why = outcome.busy.why;
  const bool for_ever = why == guard::Why::nested && words.patience_ns < 0;
  const bool busy = why == guard::Why::held || why == guard::Why::timed_out || why == guard::Why::nested;
  if (words.verbose || !busy || for_ever) {  // flock(1) says nothing of a lock that can't be had
    cli::complain(fmt::format("flock {}: {}", words.file, why_busy(outcome.busy, want)));
  }
  return for_ever ? flock_waits_for_itself : words.conflict_status;
}

// A plain name is a job's, unless a file has it, as util-linux would take it.
bool is_job(const std::string& name) {
  return name.find('/') == std::string::npos && store::valid_name(name) && !guard::FileLock::exists(name);
}
}  // namespace

int flock(cli::Call& call) {
  auto words = read_flock_words(call.operands);
  if (words.help || words.version) {
    call.help = words.help;
    call.version = words.version;
    return 0;
  }
  if (!words.wrong.empty()) {
    return wrong(words.wrong);
  }
  try {
    return words.descriptor < 0 && is_job(words.file) ? on_job(call, words) : on_file(call, words);
  } catch (const cli::Failure& failure) {
    call.report(failure.error());
    return status_of_opening(failure.error());
  }
}

}  // namespace shm::verbs
