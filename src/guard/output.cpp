#include "guard/output.hpp"
#include <fcntl.h>
#include <sys/ioctl.h>
#include <algorithm>
#include "guard/spool_reader.hpp"
#include "os/clock.hpp"

namespace shm::guard {

namespace {
using os::Result;

constexpr std::uint64_t read_at_once = 65536;  // as much as a pipe holds
}  // namespace

Output::Output(const OutputPlan& plan) noexcept
    : plan_(plan), old_mask_(os::block_signals(os::SignalSet())), spool_(plan.directory, plan.most_kept) {}

void Output::tell(const os::Error& error, bool& told) noexcept {
  if (!told && plan_.complain != nullptr) {
    plan_.complain(error);
  }
  told = true;
}

// Writing where nobody reads, or beyond a limit, must be an error and not the end of this program. The command has the
// signal mask that was there before.
Result<void> Output::begin() noexcept {
  os::block_signals({SIGPIPE, SIGXFSZ});
  ways_used_ = OwnStream::are_one() ? 1 : 2;
  begun_ = true;
  if (plan_.log) {
    auto log = Log::open(*plan_.log);
    if (!log) {
      return std::unexpected(log.error());
    }
    log_.emplace(std::move(*log));
  }
  return {};
}

Result<void> Output::connect(Way& way) noexcept {
  int ends[2];
  if (const long made = os::sys::call(SYS_pipe2, &ends[0], O_CLOEXEC); made < 0) {
    return std::unexpected(os::fail_errno(-made, "take", "the command's output"));
  }
  way.from = os::Fd(ends[0]);
  way.to = os::Fd(ends[1]);
  // The reading end alone: each end has flags of its own.
  os::sys::call(SYS_fcntl, ends[0], F_SETFL, O_NONBLOCK);
  way.last_bytes = UINT64_MAX;
  if (!way.buffer.reserve(read_at_once)) {
    return std::unexpected(os::fail(os::Code::full, "take", "the command's output", "there is not enough memory"));
  }
  return {};
}

Result<void> Output::prepare(os::Command& command) noexcept {
  give_up_at_ns_ = -1;
  if (!begun_) {
    if (auto done = begin(); !done) {
      return done;
    }
  }
  for (std::size_t i = 0; i < ways_used_; ++i) {
    if (auto done = connect(ways_[i]); !done) {
      return done;
    }
  }
  command.output = ways_[0].to.get();
  command.error = ways_[ways_used_ - 1].to.get();
  return {};
}

void Output::started(Control& /*control*/, int /*pid*/) noexcept {
  for (Way& way : ways_) {
    way.to.reset();
  }
}

void Output::poll_for(std::vector<pollfd>& list) noexcept {
  for (const Way& way : ways_) {
    if (way.waits_for_reader()) {
      list.push_back({way.own.number(), POLLOUT, 0});
    } else if (way.from) {
      list.push_back({way.from.get(), POLLIN, 0});
    }
  }
}

void Output::ready(const pollfd* list) noexcept {
  for (Way& way : ways_) {
    if (!way.waits_for_reader() && !way.from) {
      continue;
    }
    const pollfd& one = *list++;
    if (one.revents == 0) {
      continue;
    }
    if (way.waits_for_reader()) {
      pass_on(way);
    } else {
      (void)read(way);
    }
  }
}

std::int64_t Output::time_ns() const noexcept {
  const std::int64_t flush_at_ns = log_ ? log_->time_ns() : -1;
  return flush_at_ns < 0 ? give_up_at_ns_ : give_up_at_ns_ < 0 ? flush_at_ns : std::min(flush_at_ns, give_up_at_ns_);
}

void Output::on_time() noexcept {
  if (log_) {
    flush_log();
  }
  if (give_up_at_ns_ >= 0 && os::monotonic_ns() >= give_up_at_ns_) {
    give_up_at_ns_ = -1;
    for (Way& way : ways_) {
      way.from.reset();
      way.passed_on = way.buffer.size();
    }
  }
}

void Output::flush_log() noexcept {
  if (auto done = log_->flush(); !done) {
    tell(done.error(), told_log_);
  }
}

// False: there is nothing now, or no more to come.
bool Output::read(Way& way) noexcept {
  const std::uint64_t wanted = std::min(read_at_once, way.last_bytes);
  const long got = os::sys::retry(SYS_read, way.from.get(), way.buffer.data(), wanted);
  if (got == -EAGAIN) {
    return false;
  }
  if (got <= 0) {
    way.from.reset();
    return false;
  }
  const auto size = static_cast<std::uint64_t>(got);
  if (way.last_bytes != UINT64_MAX) {
    way.last_bytes -= size;
  }
  if (way.last_bytes == 0) {
    way.from.reset();
  }
  way.buffer.grown_to(size);
  keep(way.name, way.buffer.bytes());
  way.passed_on = passes_on() ? 0 : size;
  if (way.waits_for_reader()) {
    pass_on(way);
  }
  return way.from && !way.waits_for_reader();
}

void Output::keep(os::Stream stream, std::span<const std::byte> bytes) noexcept {
  if ((plan_.attachable || plan_.quiet_unless_failed) && !spool_failed_) {
    if (auto done = spool_.add(stream, bytes); !done) {
      spool_failed_ = true;  // what was kept until then can still be read
      tell(done.error(), told_spool_);
    }
  }
  if (log_) {
    if (auto done = log_->add(stream, bytes); !done) {
      tell(done.error(), told_log_);
    }
  }
}

void Output::pass_on(Way& way) noexcept {
  while (way.waits_for_reader()) {
    const long wrote = way.own.write(way.buffer.bytes().subspan(way.passed_on));
    if (wrote == -EAGAIN) {
      return;
    }
    if (wrote >= 0) {
      way.passed_on += static_cast<std::uint64_t>(wrote);
      continue;
    }
    if (wrote == -EPIPE) {
      way.from.reset();  // the command learns it as it would have: its next writing fails
    } else if (wrote != -EBADF) {
      tell(os::fail_errno(-wrote, "write to", way.name == os::Stream::out ? "standard output" : "standard error",
                          "the command runs on"),
           told_write_);
    }
    way.passed_on = way.buffer.size();
  }
}

// What is in the pipes now is the command's; what comes later was written by others.
void Output::command_ended(const Ended& ended) noexcept {
  for (Way& way : ways_) {
    way.to.reset();
    if (!way.from) {
      continue;
    }
    int size = 0;
    os::sys::call(SYS_ioctl, way.from.get(), FIONREAD, &size);
    way.last_bytes = static_cast<std::uint64_t>(size);
    if (size <= 0) {
      way.from.reset();
      continue;
    }
    while (!way.waits_for_reader() && read(way)) {
    }
  }
  if (ended.ending == Ending::timed_out || ended.ending == Ending::stopped) {
    give_up_at_ns_ = os::after(plan_.patience_ns);
  }
}

bool Output::busy() const noexcept {
  return std::any_of(std::begin(ways_), std::end(ways_),
                     [](const Way& way) { return way.from || way.waits_for_reader(); });
}

void Output::run_ended(const Ended& /*ended*/) noexcept {
  if (log_) {
    flush_log();
  }
}

Result<int> Output::spool() noexcept {
  if (!plan_.attachable) {
    return std::unexpected(os::fail(os::Code::absent, "look at", "the command's output", "its run does not keep it",
                                    "say --attachable when it is started"));
  }
  if (auto done = spool_.open(); !done) {
    return std::unexpected(done.error());
  }
  return spool_.reading();
}

void Output::show(const Ended& ended) noexcept {
  if (!plan_.quiet_unless_failed || ended.status == 0 || spool_.size() == 0) {
    return;
  }
  // It may be much, for a slow reader: a signal may end it.
  os::SignalSet mask = old_mask_;
  mask.add(SIGPIPE);
  mask.add(SIGXFSZ);
  os::set_signal_mask(mask);
  SpoolReader reader(spool_.reading());
  Result<void> done;
  if (plan_.tail != UINT64_MAX) {
    done = reader.skip_to_last_lines(plan_.tail, spool_.size());
  }
  while (done) {
    const auto piece = reader.next(spool_.size());
    if (!piece || !*piece) {
      done = piece ? Result<void>() : std::unexpected(piece.error());
      break;
    }
    done = os::write_to((*piece)->stream, (*piece)->bytes);
  }
  if (!done) {
    tell(done.error(), told_spool_);
  }
}

}  // namespace shm::guard
