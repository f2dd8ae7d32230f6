#include "verbs/lock.hpp"
#include <fmt/core.h>
#include <charconv>
#include "guard/descriptor.hpp"
#include "os/accounts.hpp"
#include "store/name.hpp"
#include "verbs/common.hpp"
#include "verbs/job_text.hpp"
#include "verbs/run_request.hpp"

namespace shm::verbs {

namespace {
constexpr int most_descriptors = 1 << 20;  // as many as the kernel gives a process where nobody has raised that

int read_descriptor(const cli::Call& call) {
  const auto text = call.argument("fd");
  int number = -1;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size() || number < 0 || number > most_descriptors) {
    refuse(call, fmt::format("--fd '{}': not the number of a descriptor", *text));
  }
  return number;
}

int take(cli::Call& call, const store::Store& store, guard::Want want) {
  const auto& name = call.operands[0];
  want.descriptor = read_descriptor(call);
  const auto outcome = cli::must(guard::lock_descriptor(store, name, want));
  if (outcome.hold) {
    return 0;
  }
  if (outcome.busy.why == guard::Busy::Why::nested || !call.quiet()) {
    cli::complain(fmt::format("lock {}: {}", name, why_busy(outcome.busy, want)));
  }
  return status_busy;
}
}  // namespace

int lock(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  if (call.has("path") == call.has("fd")) {
    refuse(call, call.has("path") ? "--path and --fd exclude each other"
                                  : "--fd is missing (or --path, to open the lock file)");
  }
  const auto want = read_want(call);
  if (call.has("path") && (call.has("shared") || call.has("wait"))) {
    refuse(call, "--path takes no lock: say --shared and --wait with --fd");
  }
  const auto& store = open_store(call, store::Missing::create);
  using_object(name);
  if (call.has("fd")) {
    return take(call, store, want);
  }
  call.output.line(cli::must(guard::lock_path(store, name)).view());
  return 0;
}

int unlock(cli::Call& call) {
  if (!call.has("fd")) {
    refuse(call, "--fd is missing");
  }
  const int number = read_descriptor(call);
  const auto locked = cli::must(guard::locked_by(number));
  if (!call.operands.empty() && call.operands[0] != locked.job.view()) {
    cli::must(store::check_name(call.operands[0]));
    refuse(call, fmt::format("descriptor {} is the lock of job {}", number, locked.job.view()));
  }
  // Its own store, whatever --store says now.
  const auto store = store::Store::open(locked.store.view(), os::effective_uid(), store::Missing::refuse);
  cli::must(guard::unlock_descriptor(store ? &*store : nullptr, locked.job.view(), number));
  return 0;
}

}  // namespace shm::verbs
