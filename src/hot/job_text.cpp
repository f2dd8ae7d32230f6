#include "hot/job_text.hpp"
#include <algorithm>
#include "cli/printable.hpp"
#include "cli/time_text.hpp"
#include "os/accounts.hpp"
#include "os/clock.hpp"
#include "os/errno_text.hpp"

namespace shm::hot {

namespace {
constexpr std::size_t short_command = 60;  // bytes: the line is to fit into a mail's subject or a journal's row

void add_number(Line& line, std::int64_t number) noexcept {
  line.add(number < 0 ? "-" : "").add_decimal(static_cast<std::uint64_t>(number < 0 ? -number : number));
}

void add_printable(Line& line, std::string_view text) noexcept {
  cli::for_each_printable(text, [&line](char c) { line.add({&c, 1}); });
}

// As much of a command line as `most` allows, fit for a terminal; the record has cut it already if it was very long.
void add_short(Line& line, std::string_view command, std::size_t most) noexcept {
  most = most == 0 ? guard::command_bytes - 1 : most;
  if (command.size() <= most) {
    add_printable(line, command);
    return;
  }
  std::size_t end = most - 3;
  while (end > 0 && (static_cast<unsigned char>(command[end]) & 0xc0U) == 0x80U) {  // not within a UTF-8 character
    --end;
  }
  add_printable(line, command.substr(0, end));
  line.add("...");
}

void add_holder(Line& line, const guard::Holder& holder, std::size_t most) noexcept {
  const bool elsewhere = !holder.same_namespace && holder.command.pid == 0;
  line.add("pid ");
  add_number(line, shown_pid(holder));
  line.add(elsewhere ? " of another pid namespace (" : " (");
  add_short(line, holder.command_line.view(), most);
  line.add(")");
}

void add_since(Line& line, const guard::Holder& holder) noexcept {
  line.add(cli::time_text(holder.since_ns).view()).add(" (");
  line.add(cli::age_text(os::realtime_ns() - holder.since_ns).view()).add(")");
}

void add_until(Line& line, const guard::Holder& holder) noexcept {
  if (holder.hold_until_ns != 0) {
    line.add(", until ").add(cli::time_text(holder.hold_until_ns).view()).add(" at least");
  }
}

void add_held_by(Line& line, const guard::Holder& holder) noexcept {
  if (!holder.recorded) {
    add_holder(line, holder, short_command);
    line.add(" has its lock, left over from an earlier run or taken by hand");
    return;
  }
  if (holder.descriptor >= 0) {
    add_holder(line, holder, short_command);
    line.add(" holds it by descriptor ");
    add_number(line, holder.descriptor);
    line.add(" since ");
    add_since(line, holder);
    return;
  }
  if (!holder.supervisor_alive) {
    line.add("supervisor gone, job pid ");
    add_number(line, shown_pid(holder));
    line.add(" still running since ");
    add_since(line, holder);
    line.add(": ");
    add_short(line, holder.command_line.view(), short_command);
    return;
  }
  add_holder(line, holder, short_command);
  if (holder.mode == guard::Mode::slot) {
    line.add(" holds slot ").add_decimal(holder.slot).add(" since ");
  } else {
    line.add(" holds it since ");
  }
  add_since(line, holder);
  add_until(line, holder);
}

void add_pause(Line& line, const guard::Pause& pause) noexcept {
  line.add("paused");
  if (pause.since_ns != 0) {
    line.add(" since ").add(cli::time_text(pause.since_ns).view());
    line.add(" by ").add(os::user_name(pause.uid).view());
  }
  if (pause.until_ns != 0) {
    line.add(" until ").add(cli::time_text(pause.until_ns).view());
  }
  if (!pause.reason.empty()) {
    line.add(": ");
    add_printable(line, pause.reason.view());
  }
}

void add_nested(Line& line, const guard::Holder* holder) noexcept {
  if (holder != nullptr && holder->descriptor >= 0) {
    line.add("this script holds it already, by descriptor ");
    add_number(line, holder->descriptor);
    line.add(" of pid ");
    add_number(line, shown_pid(*holder));
    line.add(": it would wait for itself");
    return;
  }
  line.add("this script already runs inside that job (pid ");
  add_number(line, holder != nullptr ? holder->supervisor_pid : 0);
  line.add("): it would wait for itself");
}

void add_held(Line& line, const guard::Busy& busy, const guard::Want& want) noexcept {
  const auto found = std::min_element(
      busy.holders.begin(), busy.holders.end(),
      [](const guard::Holder& left, const guard::Holder& right) { return left.since_ns < right.since_ns; });
  const guard::Holder* const oldest = found == busy.holders.end() ? nullptr : &*found;
  if (busy.why == guard::Why::nested) {
    add_nested(line, oldest);
    return;
  }
  if (oldest == nullptr) {
    line.add("busy: a process that can't be seen from here holds it");
    return;
  }
  line.add("busy: ");
  if (want.mode == guard::Mode::slot && oldest->mode == guard::Mode::slot) {
    if (want.slots == 1) {
      line.add("its slot is taken; ");
    } else {
      line.add("all ").add_decimal(want.slots).add(" slots are taken; ");
    }
  }
  add_held_by(line, *oldest);
  if (busy.holders.size() > 1) {
    line.add(", and ").add_decimal(busy.holders.size() - 1).add(" more");
  }
}

// After a reason that has to do with who holds the job.
void add_then_who(Line& line, const guard::Busy& busy) noexcept {
  if (!busy.holders.empty()) {
    line.add("; ");
    add_held_by(line, busy.holders.front());
  }
}
}  // namespace

int shown_pid(const guard::Holder& holder) noexcept {
  if (holder.command.pid != 0) {
    return holder.command.pid;
  }
  return holder.pid != 0 ? holder.pid : holder.supervisor_pid;
}

Line who_holds(const guard::Holder& holder, std::size_t most) noexcept {
  Line line;
  add_holder(line, holder, most);
  return line;
}

Line since_when(const guard::Holder& holder) noexcept {
  Line line;
  add_since(line, holder);
  return line;
}

Line until_when(const guard::Holder& holder) noexcept {
  Line line;
  add_until(line, holder);
  return line;
}

Line paused_how(const guard::Pause& pause) noexcept {
  Line line;
  add_pause(line, pause);
  return line;
}

Line why_busy(const guard::Busy& busy, const guard::Want& want) noexcept {
  using guard::Why;
  Line line;
  switch (busy.why) {
    case Why::paused:
      add_pause(line, busy.pause);
      line.add(" ('shmctl resume' ends that)");
      break;
    case Why::too_soon:
      line.add("too soon: --once-per lets the next run begin at ").add(cli::time_text(busy.due_ns).view());
      line.add(" (in ").add(cli::age_text(busy.due_ns - os::realtime_ns()).view()).add(")");
      break;
    case Why::too_late:
      line.add("too late: --start-deadline has passed");
      add_then_who(line, busy);
      break;
    case Why::displaced:
      line.add("displaced: a newer call waits in its place");
      add_then_who(line, busy);
      break;
    case Why::occupied:
      line.add("busy: an older call waits for it already");
      add_then_who(line, busy);
      break;
    default: add_held(line, busy, want); break;
  }
  return line;
}

Line why_not_runnable(const guard::Ended& ended, std::string_view program) noexcept {
  Line line;
  switch (ended.step) {
    case os::StartStep::enter_directory: line.add("can't enter its directory: "); break;
    case os::StartStep::set_nice: line.add("can't set its nice value: "); break;
    case os::StartStep::set_io_priority: line.add("can't set its I/O priority: "); break;
    default: line.add("can't run '").add(program).add("': "); break;
  }
  const char* const reason = os::errno_text(ended.exec_errno);
  return line.add(reason != nullptr ? reason : "unknown error");
}

}  // namespace shm::hot
