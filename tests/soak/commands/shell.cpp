#include "soak/commands/shell.hpp"
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace soak {

namespace {
constexpr std::size_t most_problems = 10;
constexpr std::int64_t least_ns = 50'000;
constexpr std::int64_t hang_ns = 90'000'000'000;  // nobody waits that long; machines stall for half as long

std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

timespec time_of(std::int64_t ns) { return {ns / 1'000'000'000, ns % 1'000'000'000}; }

// A file in memory, for what a process reads or writes; no pipe that must be emptied while it runs.
class Memory {
 public:
  Memory() : fd_(::memfd_create("soak", MFD_CLOEXEC)) {
    if (fd_ < 0) {
      std::perror("memfd_create");
      std::exit(2);
    }
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() { ::close(fd_); }
  [[nodiscard]] int fd() const { return fd_; }
  void write(std::string_view text) const {
    if (!text.empty() && ::pwrite(fd_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
      std::perror("pwrite");
      std::exit(2);
    }
  }
  [[nodiscard]] std::string read() const {
    std::string text(static_cast<std::size_t>(::lseek(fd_, 0, SEEK_END)), '\0');
    const ssize_t got = ::pread(fd_, text.data(), text.size(), 0);
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return text;
  }

 private:
  int fd_;
};

// Whether the process ended within that time.
bool ends_within(int pid_fd, std::int64_t ns) {
  pollfd ended = {pid_fd, POLLIN, 0};
  const timespec time = time_of(std::max<std::int64_t>(ns, 0));
  return ::ppoll(&ended, 1, &time, nullptr) > 0;
}

void send(int pid_fd, int signal) { ::syscall(SYS_pidfd_send_signal, pid_fd, signal, nullptr, 0); }
}  // namespace

void Log::wrong(const std::string& what) {
  const std::lock_guard lock(mutex_);
  if (problems_.size() < most_problems) {
    problems_.push_back(what);
    std::replace(problems_.back().begin(), problems_.back().end(), '\n', ' ');
  }
}

void Log::add(const Figures& figures) {
  const std::lock_guard lock(mutex_);
  figures_.calls += figures.calls;
  figures_.killed += figures.killed;
  figures_.stopped += figures.stopped;
  for (const auto& [status, count] : figures.statuses) {
    figures_.statuses[status] += count;
  }
  figures_.times_ns.insert(figures_.times_ns.end(), figures.times_ns.begin(), figures.times_ns.end());
}

Shell::Shell(std::string program, std::string store, std::uint64_t seed, std::int64_t until_ns, Log& log)
    : program_(std::move(program)), store_(std::move(store)), random_(seed), until_ns_(until_ns), log_(log) {
  ::prctl(PR_SET_TIMERSLACK, 1);  // it is to strike at any moment, not at the kernel's favourite ones
}

Shell::~Shell() { log_.add(figures_); }

bool Shell::go_on() const { return now_ns() < until_ns_; }

int Shell::start(const std::vector<std::string>& words, int in, int out, int err) {
  std::vector<char*> argv;
  for (const auto& word : words) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out, 1);
  ::posix_spawn_file_actions_adddup2(&actions, err, 2);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, program_.c_str(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    std::fprintf(stderr, "soak_commands: can't start %s\n", program_.c_str());
    std::exit(2);
  }
  return pid;
}

int Shell::await(int pid, std::int64_t began_ns, bool sleeps) {
  const int pid_fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  const std::int64_t started_ns = now_ns();
  const bool kills = until_ns_ != 0 && random(3) != 0;
  bool ended = false;
  if (kills) {
    ended = ends_within(pid_fd, static_cast<std::int64_t>(random(static_cast<std::uint64_t>(usual_ns_))));
    if (!ended && random(8) == 0) {
      send(pid_fd, SIGSTOP);
      ++figures_.stopped;
      const timespec pause = time_of(static_cast<std::int64_t>(random(3'000'000)));
      ::nanosleep(&pause, nullptr);
    }
    if (!ended) {
      send(pid_fd, SIGKILL);
    }
  } else if (!ends_within(pid_fd, hang_ns)) {
    log_.wrong("a call hangs");
    send(pid_fd, SIGKILL);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  ::close(pid_fd);
  if (!kills && !sleeps) {
    const std::int64_t ended_ns = now_ns();
    const std::int64_t took = ended_ns - started_ns;
    figures_.times_ns.push_back(ended_ns - began_ns);
    usual_ns_ = std::max(usual_ns_ + (std::min(took, 4 * usual_ns_) - usual_ns_) / 16, least_ns);
  }
  return status;
}

Outcome Shell::call(const std::vector<std::string>& words, std::initializer_list<int> usual, std::string_view input) {
  const Memory in;
  const Memory out;
  const Memory err;
  in.write(input);
  std::vector<std::string> all = {"shmctl", "--store", store_};
  all.insert(all.end(), words.begin(), words.end());
  const std::int64_t began_ns = now_ns();
  const bool sleeps = std::find(words.begin(), words.end(), "--wait") != words.end();
  const int status = await(start(all, in.fd(), out.fd(), err.fd()), began_ns, sleeps);
  Outcome outcome;
  ++figures_.calls;
  if (WIFEXITED(status)) {
    outcome.status = WEXITSTATUS(status);
    outcome.output = out.read();
    outcome.complaint = err.read();
    ++figures_.statuses[outcome.status];
  } else {
    figures_.killed += WTERMSIG(status) == SIGKILL ? 1 : 0;
  }
  const bool strange = outcome.killed() ? WTERMSIG(status) != SIGKILL
                                        : std::find(usual.begin(), usual.end(), outcome.status) == usual.end();
  if (strange) {
    std::string line;
    for (const auto& word : words) {
      line += ' ' + word.substr(0, 60);
    }
    log_.wrong("shmctl" + line + ": " +
               (outcome.killed() ? "signal " + std::to_string(WTERMSIG(status))
                                 : "status " + std::to_string(outcome.status) + ", " + outcome.complaint));
  }
  return outcome;
}

}  // namespace soak
