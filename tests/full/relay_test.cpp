// The command's words on their way to the service manager.
#include "full/relay.hpp"
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cstring>
#include "guard/support.hpp"
#include "os/clock.hpp"
#include "os/poll.hpp"
#include "support/datagram.hpp"
#include "support/service_manager.hpp"

namespace {
using namespace shm;
using full::Relay;
using full::Teller;

class NoControl final : public guard::Control {
 public:
  void stop(std::int64_t /*kill_after_ns*/) noexcept override {}
  void pass_on(int /*signal*/) noexcept override {}
};

/// A run under way, as its supervisor sees it.
struct Run {
  explicit Run(const Relay::Plan& plan = {}) : teller(open()), hold(test::take(*store, "job")), relay(&teller, plan) {
    relay.listen(*store, "job", hold);
    REQUIRE(!relay.address().empty());
  }
  ~Run() {
    relay.run_ended({});
    hold.end({});
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  static Teller open() {
    auto socket = systemd::ManagerSocket::open();
    REQUIRE(socket);
    return Teller(std::move(*socket));
  }
  void start() {
    os::Command command;
    REQUIRE(relay.prepare(command));
    relay.started(control, 4321);
  }
  /// What the supervisor does when something is ready.
  void serve() {
    std::vector<pollfd> list;
    relay.poll_for(list);
    os::poll_until(list, 0);
    relay.ready(list.data());
  }

  test::ServiceManager manager;
  test::OwnStore store;
  NoControl control;
  Teller teller;
  guard::Hold hold;
  Relay relay;
};

bool say(const os::Fd& socket, std::string_view text, const std::vector<int>& files = {}) {
  return test::send_datagram(socket, text, files);
}

/// The command's end of its socket.
os::Fd command_of(const Run& run) {
  auto socket = os::connect_to_receiver(run.relay.address());
  REQUIRE(socket);
  return std::move(*socket);
}

TEST_CASE("ready when the command has been started, once however often it is tried") {
  Run run;
  CHECK(run.manager.next_text() == "(nothing)");
  run.start();
  CHECK(run.manager.next_text() == "READY=1\nSTATUS=runs  (pid 4321)");
  run.relay.command_ended({});
  run.start();
  CHECK(run.manager.next_text() == "STATUS=runs  (pid 4321)");
  const auto command = command_of(run);
  REQUIRE(say(command, "READY=1"));
  run.serve();
  CHECK(run.manager.next_text() == "(nothing)");
}

TEST_CASE("ready when the command says so") {
  Relay::Plan plan;
  plan.ready_by_command = true;
  plan.is_main = true;
  plan.command = "daemon\n--x";
  Run run(plan);
  run.start();
  CHECK(run.manager.next_text() == "MAINPID=" + std::to_string(::getpid()) + "\nSTATUS=runs daemon?--x (pid 4321)");
  const auto command = command_of(run);
  REQUIRE(say(command, "READY=1\nMAINPID=5"));
  run.serve();
  CHECK(run.manager.next_text() == "READY=1");
}

TEST_CASE("a command that could not be run makes nothing ready") {
  Run run;
  run.relay.started(run.control, 0);
  CHECK(run.manager.next_text() == "(nothing)");
}

TEST_CASE("descriptors go on to the manager, and no copy stays here") {
  Run run;
  run.start();
  (void)run.manager.next();
  const auto command = command_of(run);
  int ends[2];
  REQUIRE(::pipe2(&ends[0], O_CLOEXEC) == 0);
  const os::Fd reader(ends[0]);
  os::Fd writer(ends[1]);
  REQUIRE(say(command, "BARRIER=1", {writer.get()}));
  writer.reset();
  run.serve();
  {
    const auto message = run.manager.next();
    REQUIRE(message);
    CHECK(message->text == "BARRIER=1");
    REQUIRE(message->files.size() == 1);
    pollfd waiting{reader.get(), POLLIN, 0};
    CHECK(::poll(&waiting, 1, 0) == 0);
  }
  pollfd waiting{reader.get(), POLLIN, 0};
  CHECK(::poll(&waiting, 1, 1000) == 1);
  CHECK((waiting.revents & POLLHUP) != 0);
}

TEST_CASE("rubbish does not get through: too long, with NULs, empty; what comes after it does") {
  Run run;
  run.start();
  (void)run.manager.next();
  const auto command = command_of(run);
  const std::string longest = "STATUS=" + std::string(full::most_message - 7, 'x');
  REQUIRE(say(command, longest + "yy"));
  REQUIRE(say(command, std::string("READY=1\0STATUS=x", 16)));
  REQUIRE(say(command, ""));
  REQUIRE(say(command, "\n\n"));
  REQUIRE(say(command, longest));
  run.serve();
  CHECK(run.manager.next_text() == longest);
  CHECK(run.manager.next_text() == "(nothing)");
}

TEST_CASE("a flood is taken in pieces, and a manager that does not read makes the command wait, not this") {
  Run run;
  run.start();
  const auto command = command_of(run);
  int said = 0;
  while (said < 100'000) {
    const bool taken = say(command, "STATUS=" + std::to_string(said));
    if (!taken) {
      const bool all_said = run.teller.all_said();
      run.serve();
      if (!all_said && !run.teller.all_said() && !say(command, "STATUS=" + std::to_string(said))) {
        break;
      }
      continue;
    }
    ++said;
  }
  REQUIRE(said < 100'000);
  std::vector<pollfd> list;
  run.relay.poll_for(list);
  CHECK(list[0].fd == -1);  // nothing more is taken from it,
  CHECK(list[1].fd == run.teller.socket().room());
  // until the manager reads: then all that was said comes, in order.
  (void)run.manager.next();
  int heard = 0;
  for (int idle = 0; idle < 3;) {
    run.serve();
    idle = run.manager.next_text() == "STATUS=" + std::to_string(heard) ? (++heard, 0) : idle + 1;
  }
  CHECK(heard >= said);
}

TEST_CASE("what the command said right before its end is passed on") {
  Run run;
  run.start();
  (void)run.manager.next();
  {
    const auto command = command_of(run);
    for (int i = 0; i < 5; ++i) {
      REQUIRE(say(command, "STATUS=" + std::to_string(i)));
    }
  }
  run.relay.command_ended({});
  for (int i = 0; i < 5; ++i) {
    CHECK(run.manager.next_text() == "STATUS=" + std::to_string(i));
  }
}

TEST_CASE("the watchdog hears of the supervisor until the command speaks for itself, in each try") {
  ::setenv("WATCHDOG_USEC", "60000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  Run run;
  run.start();
  CHECK(run.manager.next_text() == "READY=1\nSTATUS=runs  (pid 4321)");
  CHECK(run.manager.next_text() == "WATCHDOG=1");
  CHECK(run.relay.time_ns() > os::monotonic_ns());
  CHECK(run.relay.time_ns() <= os::monotonic_ns() + 30'000'000'000);
  run.relay.on_time();  // too early
  CHECK(run.manager.next_text() == "(nothing)");
  const auto command = command_of(run);
  REQUIRE(say(command, "WATCHDOG=1"));
  run.serve();
  CHECK(run.manager.next_text() == "WATCHDOG=1");
  CHECK(run.relay.time_ns() == -1);
  run.relay.command_ended({});
  CHECK(run.relay.time_ns() > 0);
  ::unsetenv("WATCHDOG_USEC");
  ::unsetenv("WATCHDOG_PID");
}

TEST_CASE("an end that takes long asks for the time, and says that the unit stops, unless it is tried again") {
  {
    Run run;
    run.relay.ending(5'000'000'000);
    CHECK(run.manager.next_text() == "STOPPING=1\nEXTEND_TIMEOUT_USEC=15000000\nSTATUS=ends ");
    run.relay.ending(INT64_MAX);
    CHECK(run.manager.next_text().starts_with("STOPPING=1\nEXTEND_TIMEOUT_USEC=9223372036854775\n"));
  }
  Relay::Plan plan;
  plan.tries_again = true;
  Run run(plan);
  run.relay.ending(0);
  CHECK(run.manager.next_text() == "EXTEND_TIMEOUT_USEC=10000000\nSTATUS=ends ");
  const auto command = command_of(run);
  REQUIRE(say(command, "STOPPING=1"));
  run.serve();
  CHECK(run.manager.next_text() == "(nothing)");
}

TEST_CASE("the socket is a file of the store with the run's entry, and gone with the run; a dead one is replaced") {
  test::OwnStore store;
  test::ServiceManager manager;
  auto teller = Run::open();
  {
    auto hold = test::take(*store, "job");
    Relay relay(&teller, {});
    relay.listen(*store, "job", hold);
    CHECK(relay.address() == store / "job,job.notify.0");
    CHECK(test::exists(store / "job,job.notify.0"));
    Relay next(&teller, {});
    next.listen(*store, "job", hold);
    CHECK(os::connect_to_receiver(next.address()));
    relay.run_ended({});  // which leaves the other's alone
    CHECK(test::exists(store / "job,job.notify.0"));
    hold.end({});
  }
  CHECK_FALSE(test::exists(store / "job,job.notify.0"));
}

TEST_CASE("where the store's path is too long for an address, the socket has no file") {
  test::OwnStore store;
  test::ServiceManager manager;
  auto teller = Run::open();
  const std::string name(120, 'j');
  auto hold = test::take(*store, name);
  Relay relay(&teller, {});
  relay.listen(*store, name, hold);
  CHECK(relay.address().starts_with('@'));
  CHECK(os::connect_to_receiver(relay.address()));
  hold.end({});
}

TEST_CASE("another user is not heard") {
  if (!test::is_root()) {
    SKIP("needs another user");
  }
  if (os::in_own_cgroup(::getpid())) {
    SKIP("another user's process here is of the same control group, as a part of the unit would be");
  }
  Run run;
  run.start();
  (void)run.manager.next();
  test::change_mode(run.store.path(), 0755);
  const std::string address(run.relay.address());
  test::succeeds(test::as_user(4321, 4321, [&] {
    const auto command = os::connect_to_receiver(address);
    CHILD_REQUIRE(command.has_value());
    CHILD_REQUIRE(say(*command, "STATUS=mine"));
    return 0;
  }));
  run.serve();
  CHECK(run.manager.next_text() == "(nothing)");
}

TEST_CASE("without a manager nothing is set up") {
  test::OwnStore store;
  auto hold = test::take(*store, "job");
  Relay relay(nullptr, {});
  relay.listen(*store, "job", hold);
  CHECK(relay.address().empty());
  CHECK(relay.quiet_ns() == INT64_MAX);
  std::vector<pollfd> list;
  relay.poll_for(list);
  CHECK(list.empty());
  NoControl control;
  relay.started(control, 1);
  relay.ending(0);
  relay.command_ended({});
  hold.end({});
}
}  // namespace
