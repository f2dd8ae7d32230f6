#include "trace/trace.hpp"
#include <elf.h>
#include <sys/resource.h>
#include <algorithm>
#include <iterator>
#include <string_view>
#include "os/errno_text.hpp"
#include "os/sys.hpp"
#include "trace/words.hpp"

namespace shm::trace {

namespace {
namespace sys = os::sys;

// Zero, and not touched by a program that does not trace.
struct State {
  long pid;
  char** words;  // the program's own
  char* asked;   // the variable as it was found
  char** rest;   // where it is put back: what was the environment's last entry
  bool ended;
  std::uint64_t calls;
  std::uint64_t calls_of_child;  // of a process that still has this memory
  std::uint64_t faults_before;   // and those of the tracing itself
  std::uint64_t (*allocations)() noexcept;
  Descriptors descriptors;
} state;

std::uint64_t page_faults() noexcept {
  rusage used{};
  sys::bare(SYS_getrusage, RUSAGE_SELF, reinterpret_cast<long>(&used));
  return static_cast<std::uint64_t>(used.ru_minflt + used.ru_majflt);
}

// One write, so that no other process's words get in between. Where it can't be said, nobody can be told.
void tell(Line& line) noexcept {
  line.add("\n");
  const auto text = line.view();
  sys::bare(SYS_write, 2, reinterpret_cast<long>(text.data()), static_cast<long>(text.size()));
}

void tell_numbers() noexcept {
  const std::uint64_t faults = page_faults();
  Line line("shmctl: trace: ");
  line.add_decimal(state.calls).add(" system calls");
  if (state.calls_of_child > 0) {
    line.add(", ").add_decimal(state.calls_of_child).add(" of a child");
  }
  if (state.allocations != nullptr) {
    line.add(", ").add_decimal(state.allocations()).add(" allocations");
  }
  tell(line.add(", ").add_decimal(faults - state.faults_before).add(" page faults"));
}

void tell_call(const long* words, bool child, std::uint64_t number) noexcept {
  Line line("shmctl: trace: ");
  (child ? line.add("child ") : line).add_decimal(number).add(" ");
  describe(line, words, state.descriptors);
  tell(line);
}

// It gets the variable only where it begins again with the same words: all else is a command.
void hand_over(const long* words, bool again) noexcept {
  if (pointer<char*>(words[2]) == state.words) {
    state.rest[0] = again ? state.asked : nullptr;
  }
}

// Tells what is to be done and does it, in this order, for not every call comes back.
long traced(const long* asked) noexcept {
  const bool only_told = asked[0] < 0;
  long words[7];
  std::copy_n(asked, std::size(words), &words[0]);
  words[0] = only_told ? -1 - asked[0] : asked[0];
  const std::uint64_t faults = page_faults();
  const bool child = sys::bare(SYS_getpid) != state.pid;
  const std::uint64_t number = __atomic_add_fetch(child ? &state.calls_of_child : &state.calls, 1, __ATOMIC_RELAXED);
  tell_call(&words[0], child, number);
  if (!child && (words[0] == SYS_exit_group || words[0] == SYS_execve)) {
    state.ended = words[0] == SYS_exit_group;
    state.faults_before += page_faults() - faults;
    tell_numbers();
    hand_over(&words[0], true);
  } else if (!child) {
    state.faults_before += page_faults() - faults;
  }
  if (only_told) {
    return 0;
  }
  const long answer = sys::bare(words[0], words[1], words[2], words[3], words[4], words[5], words[6]);
  if (words[0] == SYS_execve && !child) {
    hand_over(&words[0], false);
  }
  if (answer < 0 && answer > -4096) {
    Line line("shmctl: trace: ");
    (child ? line.add("child ") : line).add_decimal(number).add(" failed: ");
    const char* const why = os::errno_text(static_cast<int>(-answer));
    tell(line.add(why != nullptr ? why : "an error that has no name"));
  }
  if (!child) {
    remember(state.descriptors, &words[0], answer);
  }
  return answer;
}

// Behind the environment stands what the kernel says of the process.
bool is_secure(char** end_of_environment) noexcept {
  const auto* each = reinterpret_cast<const Elf64_auxv_t*>(end_of_environment + 1);
  for (; each->a_type != AT_NULL; ++each) {
    if (each->a_type == AT_SECURE) {
      return each->a_un.a_val != 0;
    }
  }
  return false;
}

char** end_of(char** words) noexcept {
  while (*words != nullptr) {
    ++words;
  }
  return words;
}

bool asks(std::string_view entry) noexcept { return entry != "SHMCTL_TRACE=" && entry != "SHMCTL_TRACE=0"; }
}  // namespace

void begin(char** words, std::uint64_t (*allocations)() noexcept) noexcept {
  char** entry = end_of(words) + 1;
  while (*entry != nullptr && !(may_ask(*entry) && asks(*entry))) {
    ++entry;
  }
  if (*entry == nullptr) {
    return;
  }
  char** const last = end_of(entry);
  if (is_secure(last)) {
    return;
  }
  state = {};
  state.pid = sys::bare(SYS_getpid);
  state.words = words;
  state.asked = *entry;
  state.rest = last - 1;
  state.allocations = allocations;
  for (; entry != last; ++entry) {
    entry[0] = entry[1];
  }
  sys::tracer = traced;
  state.faults_before = page_faults();  // of the process: those of the shell that became this program are among them
}

void end() noexcept {
  if (sys::tracer == traced) {
    if (!state.ended) {
      const long call[7] = {SYS_exit_group};
      tell_call(&call[0], false, ++state.calls);
      tell_numbers();
    }
    sys::tracer = nullptr;
  }
}

}  // namespace shm::trace
