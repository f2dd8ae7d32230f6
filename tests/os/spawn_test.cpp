#include "os/spawn.hpp"
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <string>
#include <vector>
#include "catch.hpp"
#include "os/clock.hpp"
#include "os/memory_file.hpp"
#include "os/process.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"

using namespace shm::os;
using test::code_of;

namespace {
// Words, with the null that ends them.
class Words {
 public:
  Words(std::initializer_list<std::string> words) : words_(words) {
    for (auto& word : words_) {
      pointers_.push_back(word.data());
    }
    pointers_.push_back(nullptr);
  }
  [[nodiscard]] char* const* get() const { return pointers_.data(); }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

int status_of(int pid) {
  int status = -1;
  return ::waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Result<Started> start(const Words& words, const Words& environment = {"PATH=/usr/bin:/bin"}) {
  Command command;
  command.words = words.get();
  command.environment = environment.get();
  return start_command(command);
}
}  // namespace

TEST_CASE("a command is found in the PATH it gets, and has these words and this environment", "[spawn]") {
  const auto started =
      start({"sh", "-c", R"([ "$0 $1" = 'a b c' ] && [ "$X" = y ])", "a", "b c"}, {"PATH=/no:/usr/bin:/bin", "X=y"});
  REQUIRE(started);
  REQUIRE(started->pid > 0);
  CHECK(status_of(started->pid) == 0);
  const auto without_path = start({"sh", "-c", "exit 7"}, {"X=y"});
  REQUIRE(without_path);
  CHECK(status_of(without_path->pid) == 7);
}

TEST_CASE("what can't be run says why, and leaves nothing to wait for", "[spawn]") {
  const test::Directory directory;
  test::make_file(directory / "plain", "text", 0644);
  test::make_file(directory / "script", "exit 9", 0755);
  test::make_file(directory / "broken", "#!/no/such/interpreter\n", 0755);
  const std::string path = "PATH=" + directory.path();
  const struct {
    Words words;
    int error;
  } cases[] = {{{"no-such-command"}, ENOENT},
               {{"/no/such/file"}, ENOENT},
               {{""}, ENOENT},
               {{"plain"}, EACCES},
               {{directory / "plain"}, EACCES},
               {{directory.path()}, EACCES},
               {{directory / "plain/below"}, ENOTDIR},
               {{"broken"}, ENOENT},
               {{std::string(300, 'x')}, ENOENT},
               {{std::string(5000, 'x')}, ENOENT}};
  for (const auto& one : cases) {
    INFO(one.words.get()[0]);
    const auto started = start(one.words, {path});
    REQUIRE(started);
    CHECK(started->pid == 0);
    if (std::string(one.words.get()[0]).size() != 300) {
      CHECK(started->exec_errno == one.error);
    }
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  }
  const auto script = start({"script"}, {path});
  REQUIRE(script);
  CHECK(status_of(script->pid) == 9);
}

TEST_CASE("the pid and the start are on record before the command runs", "[spawn]") {
  std::int32_t pid = 0;
  std::uint64_t until = 0;
  Command command;
  const Words words{"sleep", "60"};
  const Words environment{"PATH=/usr/bin:/bin"};
  command.words = words.get();
  command.environment = environment.get();
  command.pid = &pid;
  command.started = &until;
  const std::uint64_t from = start_ticks(boottime_ns());
  const auto started = start_command(command);
  REQUIRE(started);
  CHECK(pid == started->pid);
  const auto state = process_state(pid);
  REQUIRE(state);
  CHECK(state->start >= from);
  CHECK(state->start <= until);
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

TEST_CASE("a command finds its own pid where its environment has a place for it", "[spawn]") {
  Words environment{"PATH=/usr/bin:/bin", "A=" + std::string(pid_room, 'x'), "B=" + std::string(pid_room, 'x')};
  char* const places[] = {environment.get()[1] + 2, environment.get()[2] + 2};
  const Words words{"sh", "-c", "[ $A = $$ ] && [ $B = $$ ]"};
  Command command;
  command.words = words.get();
  command.environment = environment.get();
  command.pid_texts = places;
  const auto started = start_command(command);
  REQUIRE(started);
  CHECK(status_of(started->pid) == 0);
  CHECK(places[0] == std::to_string(started->pid));
}

TEST_CASE("the command inherits what it is to keep, and no other descriptor", "[spawn]") {
  const test::Directory directory;
  test::make_file(directory / "keep", "kept");
  test::make_file(directory / "other", "other");
  const Fd keep(::open((directory / "keep").c_str(), O_RDONLY | O_CLOEXEC));
  const Fd other(::open((directory / "other").c_str(), O_RDONLY | O_CLOEXEC));
  const std::string number = std::to_string(keep.get());
  const Words words{"sh", "-c", "[ \"$(cat <&" + number + ")\" = kept ] && [ ! -e /proc/$$/fd/$0 ]",
                    std::to_string(other.get())};
  const Words environment{"PATH=/usr/bin:/bin"};
  const int kept[] = {keep.get()};
  Command command;
  command.words = words.get();
  command.environment = environment.get();
  command.keep = kept;
  const auto started = start_command(command);
  REQUIRE(started);
  CHECK(status_of(started->pid) == 0);
  CHECK((::fcntl(keep.get(), F_GETFD) & FD_CLOEXEC) != 0);  // in this process it is as it was
}

TEST_CASE("the command has the mask and the ignored signals that it is to have", "[spawn]") {
  for (const auto* line : {"^SigBlk:.*0000000000000200$", "^SigIgn:.*[13579bdf]....$"}) {  // others may be too
    INFO(line);
    const Words words{"grep", "-q", line, "/proc/self/status"};  // a shell would change them
    const Words environment{"PATH=/usr/bin:/bin"};
    Command command;
    command.words = words.get();
    command.environment = environment.get();
    command.mask = SignalSet(SIGUSR1);
    command.ignored = SignalSet(SIGCHLD);
    const SignalSet before = block_signals(SignalSet(SIGUSR2));
    const auto started = start_command(command);
    CHECK(set_signal_mask(before).has(SIGUSR2));  // this process keeps its own
    REQUIRE(started);
    CHECK(status_of(started->pid) == 0);
    CHECK_FALSE(signal_ignored(SIGCHLD));
  }
}

TEST_CASE("no more processes is full", "[spawn]") {
  if (!test::is_root()) {
    SKIP("needs another user");
  }
  const auto outcome = test::as_user(4321, 4321, [] {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_NPROC, &none);
    const auto started = start({"true"});
    CHILD_REQUIRE(code_of(started) == Code::full);
    return 0;
  });
  succeeds(outcome);
}

TEST_CASE("a command that must be admitted runs afterwards, and not at all if it is not", "[spawn]") {
  const test::Directory directory;
  const std::string file = directory / "ran";
  struct Seen {
    bool answer;
    int pid;
    bool ran;
    std::string file;
  };
  const auto admit = [](void* context, int pid) {
    auto& seen = *static_cast<Seen*>(context);
    seen.pid = pid;
    for (int i = 0; i < 20; ++i) {
      ::sched_yield();
    }
    seen.ran = test::exists(seen.file);
    return seen.answer;
  };
  const Words words{"sh", "-c", ": >" + file + "; exit 6"};
  const Words environment{"PATH=/usr/bin:/bin"};
  Command command;
  command.words = words.get();
  command.environment = environment.get();

  Seen seen{false, 0, false, file};
  auto started = start_admitted(command, {admit, &seen});
  REQUIRE(started);
  CHECK(started->pid == 0);
  CHECK(started->exec_errno == 0);
  CHECK_FALSE(process_exists(seen.pid));
  CHECK_FALSE(test::exists(file));

  seen.answer = true;
  started = start_admitted(command, {admit, &seen});
  REQUIRE(started);
  CHECK(started->pid == seen.pid);
  CHECK_FALSE(seen.ran);
  CHECK(status_of(started->pid) == 6);
  CHECK(test::exists(file));
}

TEST_CASE("an admitted command that can't be run says why, and is still to be waited for", "[spawn]") {
  const Words words{"no-such-command"};
  Command command;
  command.words = words.get();
  command.environment = environ;
  const auto started = start_admitted(command, {[](void*, int) { return true; }, nullptr});
  REQUIRE(started);
  CHECK(started->exec_errno == ENOENT);
  REQUIRE(started->pid > 0);
  CHECK(status_of(started->pid) == 127);
}

TEST_CASE("a command whose starter is killed before it was admitted never runs", "[spawn]") {
  const test::Directory directory;
  const std::string file = directory / "ran";
  const Words words{"sh", "-c", ": >" + file};
  auto& pid_seen = test::shared<int>();
  const auto outcome = test::in_child([&] {
    Command command;
    command.words = words.get();
    command.environment = environ;
    (void)start_admitted(command, {[](void* context, int pid) {
                                     *static_cast<int*>(context) = pid;
                                     ::kill(::getpid(), SIGKILL);
                                     return true;
                                   },
                                   &pid_seen});
    return 0;
  });
  CHECK(outcome.signal == SIGKILL);
  REQUIRE(pid_seen > 0);
  // Whoever is given the orphan waits for it, or nobody does.
  for (auto state = process_state(pid_seen); state && !state->ended(); state = process_state(pid_seen)) {
    ::sched_yield();
  }
  CHECK_FALSE(test::exists(file));
}

TEST_CASE("a command reads what it is given as its standard input, from its beginning", "[spawn]") {
  const Words words{"sh", "-c", "[ \"$(cat)\" = content ] && ! echo x 2>/dev/null >&0"};
  Command command;
  command.words = words.get();
  command.environment = environ;
  const auto file = memory_file(std::as_bytes(std::span("content", 7)));
  REQUIRE(file);
  command.input = file->get();
  for (int i = 0; i < 2; ++i) {
    const auto started = start_command(command);
    REQUIRE(started);
    // The second one shares its place in the file with the first.
    CHECK(status_of(started->pid) == (i == 0 ? 0 : 1));
  }
  const auto empty = memory_file({});
  REQUIRE(empty);
  CHECK(info(*empty)->size == 0);
}

TEST_CASE("a command has the directory, mask, priorities and streams that it is given", "[spawn]") {
  const test::Directory directory;
  const Fd output(::open((directory / "output").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  const Fd error(::open((directory / "error").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  const Words words{"sh", "-c", "pwd; umask; nice; ionice; echo oops >&2"};
  const Words environment{"PATH=/usr/bin:/bin"};
  const std::string path(directory.path());
  Command command;
  command.words = words.get();
  command.environment = environment.get();
  command.output = output.get();
  command.error = error.get();
  command.circumstances.directory = path.c_str();
  command.circumstances.nice = 100;  // more than there is: the most
  command.circumstances.io_priority = 3 << 13;
  command.circumstances.file_mode_mask = 0123;
  const auto started = start_command(command);
  REQUIRE(started);
  CHECK(status_of(started->pid) == 0);
  CHECK(test::content_of(directory / "output") == path + "\n0123\n19\nidle\n");
  CHECK(test::content_of(directory / "error") == "oops\n");
}

TEST_CASE("what can't be set for a command says which it was, and nothing has run", "[spawn]") {
  const Words words{"true"};
  const Words environment{"PATH=/usr/bin:/bin"};
  Command command;
  command.words = words.get();
  command.environment = environment.get();
  command.circumstances.directory = "/no/such/directory";
  auto started = start_command(command);
  REQUIRE(started);
  CHECK(started->pid == 0);
  CHECK(started->exec_errno == ENOENT);
  CHECK(started->step == StartStep::enter_directory);
  command.circumstances = {};
  command.circumstances.io_priority = 5 << 13;
  started = start_command(command);
  REQUIRE(started);
  CHECK(started->exec_errno == EINVAL);
  CHECK(started->step == StartStep::set_io_priority);
}
