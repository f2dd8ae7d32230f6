// A run whose output goes through its supervisor: what is passed on, kept and logged, and that nobody is waited for.
#include "guard/output.hpp"
#include <fcntl.h>
#include <unistd.h>
#include "guard/spool_reader.hpp"
#include "script.hpp"
#include "support/directory.hpp"

using namespace shm;
using namespace shm::guard;
using test::content_of;

namespace {
struct Streams {
  std::string out;
  std::string error;
};

// What the script's run shows: its streams are files here.
Streams shown(
    const store::Store& store, const test::Directory& directory, const OutputPlan& wanted, const std::string& script,
    int status, const std::function<void(Plan&)>& change = [](Plan&) {}) {
  const std::string out = directory / "out";
  const std::string error = directory / "error";
  std::optional<Output> output;
  Companion* all[1] = {};
  const auto prepare = [&](Plan& plan) {
    for (const auto& [path, number] : {std::pair(&out, 1), std::pair(&error, 2)}) {
      const os::Fd file(::open(path->c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
      CHILD_REQUIRE(::dup2(file.get(), number) == number);
    }
    all[0] = &output.emplace(wanted);
    plan.companions = all;
    change(plan);
  };
  CHECK(test::run_script(store, script, prepare, [&](const Ended& ended) {
          output->show(ended);
          return true;
        }) == status);
  return {content_of(out), content_of(error)};
}

OutputPlan attachable() {
  OutputPlan plan;
  plan.attachable = true;
  return plan;
}
OutputPlan quiet(std::uint64_t tail = UINT64_MAX) {
  OutputPlan plan;
  plan.quiet_unless_failed = true;
  plan.tail = tail;
  return plan;
}
}  // namespace

TEST_CASE("what the command writes is passed on, each stream to its own", "[output]") {
  const test::OwnStore store;
  const test::Directory directory;
  const auto small = shown(*store, directory, attachable(), "echo out; echo err >&2; exit 3", 3);
  CHECK(small.out == "out\n");
  CHECK(small.error == "err\n");
  const auto large = shown(*store, directory, attachable(), "seq 100000 >&2; seq 200000", 0);
  CHECK(large.out.size() == 1'288'895);
  CHECK(large.error.size() == 588'895);
  CHECK(large.out.ends_with("\n199999\n200000\n"));
}

TEST_CASE("quiet: all of it where the run has failed, nothing where not", "[output]") {
  const test::OwnStore store;
  const test::Directory directory;
  const std::string script = "echo a; echo b >&2; printf c; exit ";
  const auto good = shown(*store, directory, quiet(), script + "0", 0);
  CHECK(good.out + good.error == "");
  const auto bad = shown(*store, directory, quiet(), script + "1", 1);
  CHECK(bad.out == "a\nc");
  CHECK(bad.error == "b\n");
  const auto none = shown(*store, directory, quiet(0), script + "1", 1);
  CHECK(none.out + none.error == "");
  const auto last = shown(*store, directory, quiet(2), "seq 10; exit 1", 1);
  CHECK(last.out == "9\n10\n");
}

TEST_CASE("quiet: the output of every try of a run that failed in the end", "[output]") {
  const test::OwnStore store;
  const test::Directory directory;
  const auto tries = [](Plan& plan) {
    plan.retries = 2;
    plan.backoff_ns = 1;
  };
  CHECK(shown(*store, directory, quiet(), "echo try; exit 1", 1, tries).out == "try\ntry\ntry\n");
  const std::string file = directory / "second";
  const std::string once = "echo try; test -e " + file + " || { : >" + file + "; exit 1; }";
  CHECK(shown(*store, directory, quiet(), once, 0, tries).out.empty());
}

TEST_CASE("a process that the command leaves behind keeps neither the run nor its output's end", "[output]") {
  const test::OwnStore store;
  const test::Directory directory;
  const auto found =
      shown(*store, directory, attachable(), "sleep 60 & echo $! >" + (directory / "pid") + "; echo out", 0);
  CHECK(found.out == "out\n");
  const int pid = std::stoi(content_of(directory / "pid"));
  CHECK(::kill(pid, 0) == 0);
  ::kill(pid, SIGKILL);
}

TEST_CASE("a pipe that nobody reads is the command's to learn of; the run goes on", "[output]") {
  const test::OwnStore store;
  const test::Directory directory;
  const auto broken = [](Plan&) {
    int ends[2];
    CHILD_REQUIRE(::pipe(&ends[0]) == 0);
    ::close(ends[0]);
    CHILD_REQUIRE(::dup2(ends[1], 1) == 1);
  };
  // Its second line finds no reader: the shell says so by its status.
  const auto found =
      shown(*store, directory, attachable(), "trap '' PIPE; while echo x; do :; done 2>/dev/null; echo end >&2; exit 5",
            5, [&](Plan& plan) {
              broken(plan);
              static std::optional<Output> again;  // made when its stream is the pipe
              static Companion* all[] = {nullptr};
              all[0] = &again.emplace(attachable());
              plan.companions = all;
            });
  CHECK(found.error == "end\n");
}

TEST_CASE("a reader that does not read is waited for by the command, not by the supervisor", "[output]") {
  const test::OwnStore store;
  int ends[2];
  REQUIRE(::pipe2(&ends[0], O_CLOEXEC) == 0);
  const os::Fd never_read(ends[0]);
  const os::Fd full(ends[1]);
  // Its time is up though its output is stuck, and the job is free though that is never read.
  static std::optional<Output> output;
  static Companion* all[] = {nullptr};
  CHECK(test::run_script(*store, "exec yes", [&](Plan& plan) {
          CHILD_REQUIRE(::dup2(full.get(), 1) == 1);
          auto impatient = attachable();
          impatient.patience_ns = 10 * test::ms;
          all[0] = &output.emplace(impatient);
          plan.companions = all;
          plan.timeout_ns = 100 * test::ms;
        }) == 124);
}

TEST_CASE("a run that has ended waits for its reader until it is asked to end", "[output]") {
  const test::OwnStore store;
  const test::Directory directory;
  int ends[2];
  REQUIRE(::pipe2(&ends[0], O_CLOEXEC) == 0);
  const os::Fd never_read(ends[0]);
  const os::Fd full(ends[1]);
  REQUIRE(::fcntl(full.get(), F_SETPIPE_SZ, 4096) == 4096);
  static std::optional<Output> output;
  static Companion* all[] = {nullptr};
  const std::string ended = directory / "ended";
  CHECK(test::run_script(*store, "head -c 20000 /dev/zero; : >" + ended + "; exit 3", [&](Plan& plan) {
          CHILD_REQUIRE(::dup2(full.get(), 1) == 1);
          all[0] = &output.emplace(attachable());
          plan.companions = all;
          const int supervisor = ::getpid();
          if (::fork() == 0) {  // who asks, when the command has written all it has
            while (!test::exists(ended) && ::getppid() == supervisor) {
              ::usleep(1000);
            }
            while (::getppid() == supervisor) {
              ::kill(supervisor, SIGTERM);
              ::usleep(1000);
            }
            ::_exit(0);
          }
        }) != 0);  // 3, or the signal's, where it came before the shell's end
}

TEST_CASE("what is written to both streams of one place keeps its order", "[output]") {
  const test::OwnStore store;
  const test::Directory directory;
  static std::optional<Output> output;
  static Companion* all[] = {nullptr};
  CHECK(test::run_script(*store, "for i in 1 2 3 4 5; do echo out $i; echo error $i >&2; done", [&](Plan& plan) {
          const os::Fd file(::open((directory / "both").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
          CHILD_REQUIRE(::dup2(file.get(), 1) == 1 && ::dup2(file.get(), 2) == 2);
          all[0] = &output.emplace(attachable());
          plan.companions = all;
        }) == 0);
  std::string wanted;
  for (int i = 1; i <= 5; ++i) {
    wanted += "out " + std::to_string(i) + "\nerror " + std::to_string(i) + "\n";
  }
  CHECK(content_of(directory / "both") == wanted);
}

TEST_CASE("the output is kept for others, if that was asked for", "[output]") {
  const test::OwnStore store;
  const test::Directory directory;
  Output not_kept(quiet());
  CHECK(not_kept.spool().error().code == os::Code::absent);
  static std::optional<Output> output;
  static Companion* all[] = {nullptr};
  CHECK(test::run_script(
            *store, "echo out; echo error >&2",
            [&](Plan& plan) {
              const os::Fd file(::open("/dev/null", O_WRONLY | O_CLOEXEC));
              CHILD_REQUIRE(::dup2(file.get(), 1) == 1 && ::dup2(file.get(), 2) == 2);
              all[0] = &output.emplace(attachable());
              plan.companions = all;
            },
            [&](const Ended&) {
              const auto spool = output->spool();
              CHILD_REQUIRE(spool.has_value());
              SpoolReader reader(*spool);
              std::string streams[2];
              for (auto piece = reader.next(output->spool_size()); piece && *piece;
                   piece = reader.next(output->spool_size())) {
                streams[(*piece)->stream == os::Stream::out ? 0 : 1] += (*piece)->bytes;
              }
              return streams[0] == "out\n" && streams[1] == "error\n";
            }) == 0);
}
