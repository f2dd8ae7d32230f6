#include "verbs/job_text.hpp"
#include <fmt/core.h>
#include <algorithm>
#include "cli/duration.hpp"
#include "cli/printable.hpp"
#include "os/accounts.hpp"
#include "os/clock.hpp"

namespace shm::verbs {

namespace {
constexpr std::int64_t millisecond_ns = 1'000'000;
constexpr std::int64_t second_ns = 1000 * millisecond_ns;
constexpr std::size_t short_command = 60;  // bytes: the line is to fit into a mail's subject or a journal's row

// As much of a command line as `most` allows, fit for a terminal; the record has cut it already if it was very long.
std::string shorten(std::string_view command, std::size_t most) {
  most = most == 0 ? guard::command_bytes - 1 : most;
  if (command.size() <= most) {
    return cli::printable(command);
  }
  std::size_t end = most - 3;
  while (end > 0 && (static_cast<unsigned char>(command[end]) & 0xc0U) == 0x80U) {  // not within a UTF-8 character
    --end;
  }
  return cli::printable(command.substr(0, end)) + "...";
}

std::string held_by(const guard::Holder& holder) {
  if (!holder.recorded) {
    return fmt::format("{} has its lock, left over from an earlier run or taken by hand",
                       who_holds(holder, short_command));
  }
  if (holder.descriptor >= 0) {
    return fmt::format("{} holds it by descriptor {} since {}", who_holds(holder, short_command), holder.descriptor,
                       since_when(holder));
  }
  if (!holder.supervisor_alive) {
    return fmt::format("supervisor gone, job pid {} still running since {}: {}", shown_pid(holder), since_when(holder),
                       shorten(holder.command_line.view(), short_command));
  }
  return fmt::format("{} holds {} since {}{}", who_holds(holder, short_command),
                     holder.mode == guard::Mode::slot ? fmt::format("slot {}", holder.slot) : "it", since_when(holder),
                     until_when(holder));
}
}  // namespace

int shown_pid(const guard::Holder& holder) {
  if (holder.command.pid != 0) {
    return holder.command.pid;
  }
  return holder.pid != 0 ? holder.pid : holder.supervisor_pid;
}

std::string how_long(std::int64_t ns) {
  if (ns >= 120 * second_ns) {
    return cli::format_age(ns);
  }
  // Without fmt: each run says this, and a short one pays for every page of code that it touches.
  const std::size_t digits = ns < second_ns ? 3 : 1;
  const std::int64_t unit = digits == 3 ? millisecond_ns : 100 * millisecond_ns;
  const std::int64_t units = (ns + unit / 2) / unit;
  std::string text = std::to_string(units);
  if (text.size() <= digits) {
    text.insert(0, digits + 1 - text.size(), '0');
  }
  return text.insert(text.size() - digits, ".") + " s";
}

std::string who_holds(const guard::Holder& holder, std::size_t most) {
  const bool elsewhere = !holder.same_namespace && holder.command.pid == 0;
  return fmt::format("pid {}{} ({})", shown_pid(holder), elsewhere ? " of another pid namespace" : "",
                     shorten(holder.command_line.view(), most));
}

std::string since_when(const guard::Holder& holder) {
  return fmt::format("{} ({})", cli::format_time(holder.since_ns),
                     cli::format_age(os::realtime_ns() - holder.since_ns));
}

std::string until_when(const guard::Holder& holder) {
  return holder.hold_until_ns == 0 ? "" : fmt::format(", until {} at least", cli::format_time(holder.hold_until_ns));
}

std::string paused_how(const guard::Pause& pause) {
  std::string line = "paused";
  if (pause.since_ns != 0) {
    line += fmt::format(" since {} by {}", cli::format_time(pause.since_ns), os::user_name(pause.uid).view());
  }
  if (pause.until_ns != 0) {
    line += fmt::format(" until {}", cli::format_time(pause.until_ns));
  }
  if (!pause.reason.empty()) {
    line += fmt::format(": {}", cli::printable(pause.reason.view()));
  }
  return line;
}

namespace {
std::string why_held(const guard::Busy& busy, const guard::Want& want) {
  const auto oldest = std::min_element(
      busy.holders.begin(), busy.holders.end(),
      [](const guard::Holder& left, const guard::Holder& right) { return left.since_ns < right.since_ns; });
  if (busy.why == guard::Busy::Why::nested) {
    if (oldest != busy.holders.end() && oldest->descriptor >= 0) {
      return fmt::format("this script holds it already, by descriptor {} of pid {}: it would wait for itself",
                         oldest->descriptor, shown_pid(*oldest));
    }
    const auto pid = oldest == busy.holders.end() ? 0 : oldest->supervisor_pid;
    return fmt::format("this script already runs inside that job (pid {}): it would wait for itself", pid);
  }
  if (oldest == busy.holders.end()) {
    return "busy: a process that can't be seen from here holds it";
  }
  std::string line = "busy: ";
  if (want.mode == guard::Mode::slot && oldest->mode == guard::Mode::slot) {
    line += want.slots == 1 ? "its slot is taken; " : fmt::format("all {} slots are taken; ", want.slots);
  }
  line += held_by(*oldest);
  if (busy.holders.size() > 1) {
    line += fmt::format(", and {} more", busy.holders.size() - 1);
  }
  return line;
}

// After a reason that has to do with who holds the job.
std::string then_who(const guard::Busy& busy) {
  return busy.holders.empty() ? "" : "; " + held_by(busy.holders.front());
}
}  // namespace

std::string why_busy(const guard::Busy& busy, const guard::Want& want) {
  using Why = guard::Busy::Why;
  switch (busy.why) {
    case Why::paused: return paused_how(busy.pause) + " ('shmctl resume' ends that)";
    case Why::too_soon:
      return fmt::format("too soon: --once-per lets the next run begin at {} (in {})", cli::format_time(busy.due_ns),
                         cli::format_age(busy.due_ns - os::realtime_ns()));
    case Why::too_late: return "too late: --start-deadline has passed" + then_who(busy);
    case Why::displaced: return "displaced: a newer call waits in its place" + then_who(busy);
    case Why::occupied: return "busy: an older call waits for it already" + then_who(busy);
    default: return why_held(busy, want);
  }
}

}  // namespace shm::verbs
