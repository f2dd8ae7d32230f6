#include "guard/entry.hpp"
#include <sys/mman.h>
#include "support.hpp"

using namespace shm;
using namespace shm::guard;

namespace {
Run run_of(std::uint64_t number, std::string_view command) {
  Run run;
  run.mode = Mode::slot;
  run.slot = static_cast<std::uint32_t>(number);
  run.token = number;
  run.since_ns = static_cast<std::int64_t>(number);
  run.command = command;
  return run;
}
}  // namespace

TEST_CASE("an entry says what was written", "[entry]") {
  auto& entry = test::shared<Entry>();
  Snapshot snapshot;
  CHECK_FALSE(read_entry(entry, snapshot));
  const Here here{{1, 2}, 3};
  fill_entry(entry, run_of(7, "tar czf x"), here);
  REQUIRE(read_entry(entry, snapshot));
  CHECK(snapshot.mode == Mode::slot);
  CHECK(snapshot.slot == 7);
  CHECK(snapshot.token == 7);
  CHECK(snapshot.since_ns == 7);
  CHECK(snapshot.command.view() == "tar czf x");
  CHECK(snapshot.supervisor_pid == ::getpid());
  CHECK(snapshot.command_pid == 0);
  CHECK(snapshot.command_until == 0);
  CHECK(snapshot.where.boot == os::BootId{1, 2});
  CHECK(snapshot.where.pid_namespace == 3);
  CHECK(snapshot.command_from <= os::start_ticks(os::boottime_ns()));
  fill_entry(entry, run_of(8, std::string(300, 'y')), here);
  REQUIRE(read_entry(entry, snapshot));
  CHECK(snapshot.command.view() == std::string(command_bytes, 'y'));
  entry.state.store(0);
  CHECK_FALSE(read_entry(entry, snapshot));
}

TEST_CASE("whatever an entry holds, what is read stays within bounds", "[entry]") {
  auto& entry = test::shared<Entry>();
  auto* bytes = reinterpret_cast<unsigned char*>(&entry);
  std::uint32_t random = 1;
  Snapshot snapshot;
  for (int round = 0; round < 2000; ++round) {
    for (std::size_t i = 0; i < sizeof entry; ++i) {
      random = random * 1664525U + 1013904223U;
      bytes[i] = static_cast<unsigned char>(random >> 24U);
    }
    entry.version.store(round % 2 == 0 ? 2 : entry.version.load());
    if (read_entry(entry, snapshot)) {
      CHECK(snapshot.command_pid >= 0);
      CHECK(snapshot.supervisor_pid >= 0);
      CHECK(snapshot.command.view().size() <= command_bytes);
      CHECK((snapshot.mode >= Mode::exclusive && snapshot.mode <= Mode::slot));
    }
  }
}

TEST_CASE("a reader never sees half of one run and half of another, whoever is killed", "[entry]") {
  auto& entry = test::shared<Entry>();
  const int rounds = test::sanitized ? 10 : 60;
  for (int round = 0; round < rounds; ++round) {
    const pid_t writer = ::fork();
    if (writer == 0) {
      for (std::uint64_t number = 1;; ++number) {
        entry.state.store(0);
        fill_entry(entry, run_of(number, std::string(number % 200, static_cast<char>('a' + number % 26))), Here());
      }
    }
    const std::int64_t until = os::monotonic_ns() + (round % 7) * test::ms;
    bool killed = false;
    for (int look = 0; !killed || look < 10; ++look) {
      killed = killed || os::monotonic_ns() >= until;
      if (killed && look >= 0) {
        ::kill(writer, SIGKILL);
      }
      Snapshot snapshot;
      if (read_entry(entry, snapshot)) {
        const std::uint64_t number = snapshot.token;
        CHECK(snapshot.slot == number);
        CHECK(snapshot.since_ns == static_cast<std::int64_t>(number));
        CHECK(snapshot.command.view() == std::string(number % 200, static_cast<char>('a' + number % 26)));
      }
    }
    ::waitpid(writer, nullptr, 0);
    // Who has the byte lock next writes over whatever was left.
    entry.state.store(0);
    fill_entry(entry, run_of(5, "fffff"), Here());
    Snapshot snapshot;
    REQUIRE(read_entry(entry, snapshot));
    CHECK(snapshot.command.view() == "fffff");
  }
}

TEST_CASE("a command is found by its pid and start, in its boot", "[entry]") {
  const Here here = Here::look();
  const auto self = os::process_state(::getpid());
  REQUIRE(self);
  Snapshot snapshot;
  snapshot.where = here;
  snapshot.command_pid = ::getpid();
  snapshot.command_from = self->start - 1;
  CHECK(find_command(snapshot, here).pid == ::getpid());  // until is not known yet
  snapshot.command_until = self->start + 1;
  CHECK(find_command(snapshot, here).start == self->start);
  SECTION("started later: another process of that pid") {
    snapshot.command_until = self->start - 1;
    CHECK(find_command(snapshot, here).pid == 0);
  }
  SECTION("started before: another one too") {
    snapshot.command_from = self->start + 1;
    CHECK(find_command(snapshot, here).pid == 0);
  }
  SECTION("another boot") {
    snapshot.where.boot.low ^= 1U;
    CHECK(find_command(snapshot, here).pid == 0);
  }
  SECTION("another pid namespace, of which nothing is seen here") {
    snapshot.where.pid_namespace ^= 1U;
    CHECK(find_command(snapshot, here).pid == 0);
  }
  SECTION("not started yet") {
    snapshot.command_pid = 0;
    CHECK(find_command(snapshot, here).pid == 0);
  }
}

TEST_CASE("a command that has ended, but was not waited for, is not found", "[entry]") {
  const Here here = Here::look();
  Snapshot snapshot;
  snapshot.where = here;
  snapshot.command_pid = ::fork();
  if (snapshot.command_pid == 0) {
    ::_exit(0);
  }
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(snapshot.command_pid), &info, WEXITED | WNOWAIT) == 0);
  CHECK(find_command(snapshot, here).pid == 0);
  ::waitpid(snapshot.command_pid, nullptr, 0);
  CHECK(find_command(snapshot, here).pid == 0);
}

TEST_CASE("the boot of a record in memory is known from it, once somebody has asked the kernel", "[entry]") {
  const test::OwnStore store;
  const auto record = Record::open_or_create(*store, "a");
  REQUIRE(record);
  const Here now = Here::look();
  const auto looks_right = [&] {
    const Here here = Here::look(*record);
    return here.boot == now.boot && here.pid_namespace == now.pid_namespace;
  };
  CHECK(looks_right());
  CHECK(looks_right());
  Summary& summary = record->summary();
  if (os::is_in_memory(record->file())) {
    CHECK(summary.boot_high.load() == now.boot.high);
    CHECK(summary.boot_low.load() == now.boot.low);
  } else {
    CHECK(summary.boot_high.load() == 0);
  }
  summary.boot_high.store(1);  // as a kill leaves it in the middle, or worse
  CHECK(looks_right());
  summary.boot_check.store(0);
  CHECK(looks_right());
  CHECK(looks_right());
}
