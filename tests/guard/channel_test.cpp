#include "guard/channel.hpp"
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <atomic>
#include "guard/job_files.hpp"
#include "guard/stopping.hpp"
#include "guard/talk.hpp"
#include "guard/watch.hpp"
#include "os/local_socket.hpp"
#include "script.hpp"

using namespace shm;
using namespace shm::guard;

namespace {
/// A `run` of job "job" in a process of its own, with a channel; its command is a script.
class ChannelRun {
 public:
  ChannelRun(const store::Store& store, const std::string& script, const std::function<void(Plan&)>& change = {})
      : store_(store) {
    supervisor_ = ::fork();
    if (supervisor_ == 0) {
      ::_exit(run(script, change));
    }
  }
  ChannelRun(const ChannelRun&) = delete;
  ChannelRun& operator=(const ChannelRun&) = delete;
  ~ChannelRun() {
    if (supervisor_ > 0) {
      if (const auto talk = open()) {
        (void)Stopping(store_, "job", holder(), 0).begin(-1);
      }
      (void)wait();
    }
  }
  [[nodiscard]] int supervisor() const { return supervisor_; }

  Holder holder() {
    for (;;) {
      const auto view = view_job(store_, "job");
      if (view && !view->holders.empty() && view->holders[0].recorded && view->holders[0].command.pid != 0) {
        return view->holders[0];
      }
      if (::waitpid(supervisor_, nullptr, WNOHANG) != 0) {
        supervisor_ = 0;
        return {};
      }
      ::sched_yield();
    }
  }
  os::Result<Talk> open() { return Talk::open(store_, "job", holder(), -1); }
  /// Its exit status.
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(supervisor_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  int run(const std::string& script, const std::function<void(Plan&)>& change) {
    for (int signal = 1; signal < 32; ++signal) {
      ::signal(signal, SIG_DFL);
    }
    auto taken = acquire(store_, "job", test::want());
    if (!taken || !taken->hold || !taken->hold->begin(script)) {
      return 99;
    }
    std::string words[] = {"sh", "-c", script};
    char* const pointers[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
    Plan plan = test::plan_of(pointers);
    Channel channel(store_, "job", *taken->hold);
    Companion* const companions[] = {&channel};
    plan.companions = companions;
    if (change) {
      change(plan);
    }
    const auto ended = supervise(*taken->hold, plan);
    return ended ? ended->status : 98;
  }

  const store::Store& store_;
  pid_t supervisor_ = 0;
};

os::Fd connection(const store::Store& store) {
  const auto file = os::open_socket_at(store.dir(), socket_name("job", 0).view());
  REQUIRE(file);
  for (;;) {
    auto socket = os::connect_to(*file);
    if (socket) {
      return std::move(*socket);
    }
    REQUIRE(socket.error().code == os::Code::busy);
    ::sched_yield();
  }
}

bool closed(const os::Fd& socket) {
  pollfd wanted{socket.get(), POLLIN, 0};
  char byte = 0;
  return ::poll(&wanted, 1, 30000) == 1 && ::recv(socket.get(), &byte, 1, 0) <= 0;
}
}  // namespace

TEST_CASE("a supervisor says which run it is, and tells of its end", "[channel]") {
  const test::OwnStore store;
  ChannelRun run(*store, "sleep 60");
  auto talk = run.open();
  REQUIRE(talk);
  const auto state = talk->state();
  REQUIRE(state);
  CHECK(state->supervisor_pid == run.supervisor());
  CHECK(state->token == run.holder().token);
  CHECK(state->command_pid == run.holder().command.pid);
  CHECK(state->command.view() == "sleep 60");
  CHECK_FALSE(state->keeps_output);
  CHECK(talk->output().error().code == os::Code::absent);
  REQUIRE(talk->ask_for_end());
  REQUIRE(talk->signal(SIGKILL));
  const auto ended = talk->wait_for_end(-1);
  REQUIRE(ended);
  CHECK(ended->status == 128 + SIGKILL);
  CHECK(ended->ending == Ending::signalled);
  CHECK(run.wait() == 128 + SIGKILL);
  CHECK(talk->state().error().code == os::Code::absent);
  CHECK(Talk::open_now(*store, "job", 0).error().code == os::Code::absent);
}

TEST_CASE("stop ends a run, tells that it was stopped, and the job is free", "[channel]") {
  const test::OwnStore store;
  ChannelRun run(*store, "sleep 60");
  Stopping stopping(*store, "job", run.holder(), -1);
  REQUIRE(stopping.begin(-1));
  REQUIRE(stopping.wait(-1).value_or(false));
  REQUIRE(stopping.ended());
  CHECK(stopping.ended()->ending == Ending::stopped);
  test::take(*store, "job").end(test::exited(0));
  CHECK(run.wait() == 128 + SIGTERM);
}

TEST_CASE("several may ask for the end of one run at once", "[channel]") {
  const test::OwnStore store;
  ChannelRun run(*store, "sleep 60");
  const auto holder = run.holder();
  test::Crowd crowd;
  for (int i = 0; i < 8; ++i) {
    crowd.add([&] {
      Stopping stopping(*store, "job", holder, -1);
      const auto begun = stopping.begin(-1);
      CHILD_REQUIRE(begun || begun.error().code == os::Code::absent);
      CHILD_REQUIRE(!begun || stopping.wait(-1).value_or(false));
      return 0;
    });
  }
  crowd.go();
  CHECK(crowd.wait());
  CHECK(run.wait() == 128 + SIGTERM);
}

TEST_CASE("a signal without a number of one is refused", "[channel]") {
  const test::OwnStore store;
  ChannelRun run(*store, "sleep 60");
  auto talk = run.open();
  REQUIRE(talk);
  for (const int signal : {0, -1, 65, INT32_MAX}) {
    CHECK(talk->signal(signal).error().code == os::Code::range);
  }
  CHECK(talk->state());
}

TEST_CASE("peers that say nothing, nonsense or too much lose their own connection alone", "[channel]") {
  const test::OwnStore store;
  ChannelRun run(*store, "sleep 60");
  auto talk = run.open();
  REQUIRE(talk);
  MessageRoom room;
  const auto whole = write_message(Request{Ask::state, 0}, room);

  SECTION("nonsense") {
    const os::Fd peer = connection(*store);
    REQUIRE(::send(peer.get(), "nonsense of more than a head", 28, MSG_NOSIGNAL) == 28);
    CHECK(closed(peer));
  }
  SECTION("half a request") {
    const os::Fd peer = connection(*store);
    REQUIRE(os::send_packet(peer, whole.first(9)).value_or(false));
    CHECK(closed(peer));
  }
  SECTION("an empty packet") {
    const os::Fd peer = connection(*store);
    REQUIRE(::send(peer.get(), "", 0, MSG_NOSIGNAL) == 0);
    CHECK(closed(peer));
  }
  SECTION("more than there is room for") {
    const os::Fd peer = connection(*store);
    const std::vector<char> much(most_message + 1);
    REQUIRE(::send(peer.get(), much.data(), much.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(much.size()));
    CHECK(closed(peer));
  }
  SECTION("a descriptor that nobody asked for") {
    const os::Fd peer = connection(*store);
    REQUIRE(os::send_packet(peer, whole, 0).value_or(false));
    MessageRoom answer;
    pollfd wanted{peer.get(), POLLIN, 0};
    REQUIRE(::poll(&wanted, 1, 30000) == 1);
    CHECK(os::receive_packet(peer, answer, false)->size > 0);
  }
  SECTION("questions without end, and no ear for the answers") {
    const os::Fd peer = connection(*store);
    for (;;) {
      const auto sent = os::send_packet(peer, whole);
      if (!sent) {
        break;  // it was given up
      }
      ::sched_yield();
    }
  }
  SECTION("another version") {
    const os::Fd peer = connection(*store);
    room[4] ^= std::byte{1};
    REQUIRE(os::send_packet(peer, whole).value_or(false));
    MessageRoom answer;
    pollfd wanted{peer.get(), POLLIN, 0};
    REQUIRE(::poll(&wanted, 1, 30000) == 1);
    const auto packet = os::receive_packet(peer, answer, false);
    Reply reply;
    REQUIRE(read_message({&answer[0], packet->size}, reply) == Read::good);
    CHECK(reply.what == Answer::refused);
    CHECK(reply.value == static_cast<std::int64_t>(Refused::unknown));
  }
  CHECK(talk->state());
  auto other = run.open();
  REQUIRE(other);
  CHECK(other->state());
}

TEST_CASE("a thousand silent connections keep nobody out", "[channel]") {
  const test::OwnStore store;
  ChannelRun run(*store, "sleep 60", [](Plan&) {
    const rlimit few{60, 60};
    ::setrlimit(RLIMIT_NOFILE, &few);
  });
  auto talk = run.open();
  REQUIRE(talk);
  REQUIRE(talk->ask_for_end());
  std::vector<os::Fd> silent;
  for (int i = 0; i < 1000; ++i) {
    silent.push_back(connection(*store));
    if (silent.size() > 500) {
      silent.erase(silent.begin());
    }
  }
  auto other = run.open();
  REQUIRE(other);
  CHECK(other->state());
  CHECK(talk->state());
  REQUIRE(other->stop(-1));
  CHECK(talk->wait_for_end(-1));
  CHECK(run.wait() == 128 + SIGTERM);
}

TEST_CASE("a supervisor that is killed or stopped is told from one that does not listen yet", "[channel]") {
  const test::OwnStore store;
  ChannelRun run(*store, "sleep 60");
  const auto holder = run.holder();
  ::kill(run.supervisor(), SIGSTOP);
  while (os::process_state(run.supervisor())->state != 'T') {
    ::sched_yield();
  }
  CHECK(Talk::open(*store, "job", holder, -1).error().code == os::Code::lost);
  ::kill(run.supervisor(), SIGCONT);
  CHECK(Talk::open(*store, "job", holder, -1));
  ::kill(run.supervisor(), SIGKILL);
  CHECK(run.wait() == 128 + SIGKILL);
  CHECK(Talk::open(*store, "job", holder, -1).error().code == os::Code::lost);
  Stopping stopping(*store, "job", holder, -1);
  REQUIRE(stopping.begin(-1));
  CHECK(stopping.wait(-1).value_or(false));
  CHECK(Talk::open(*store, "job", holder, os::monotonic_ns()).error().code != os::Code::full);
  test::take(*store, "job").end(test::exited(0));
}

TEST_CASE("a command that ends before anybody listens leaves no socket, and its run is over", "[channel]") {
  const test::OwnStore store;
  ChannelRun run(*store, "exit 3");
  CHECK(run.wait() == 3);
  CHECK(os::info_at(store->dir(), socket_name("job", 0).view()).error().code == os::Code::absent);
}

TEST_CASE("names and numbers of signals", "[channel]") {
  CHECK(signal_of("TERM") == SIGTERM);
  CHECK(signal_of("sigterm") == SIGTERM);
  CHECK(signal_of("15") == 15);
  CHECK(signal_of("RTMIN") == SIGRTMIN);
  CHECK(signal_of("RTMIN+2") == SIGRTMIN + 2);
  CHECK(signal_of("SIGRTMIN+1") == SIGRTMIN + 1);
  for (const char* const wrong : {"", "SIG", "0", "65", "-1", "TERMX", "RTMIN+", "RTMIN+31", "RTMIN-1", "15x", "+5"}) {
    CHECK(signal_of(wrong) == 0);
  }
}
