// terminal KEYS COMMAND [ARGUMENT]...: runs a command on a terminal of its own, for tests/**/*.bats (jobs.bash). KEYS
// is a FIFO of what is typed, or /dev/null; what the command shows goes to stdout. Ends with the command's status, as a
// shell has it, and not before all it has shown is out.
//
// Not script(1): that has a shell of whatever $SHELL says between itself and the command, which leads the session. A
// key's signal ends some of these shells, and with them the session; others wait. Here the command leads it. No key is
// lost: each is written whole, and NOFLSH lets a key that signals leave those typed before it where they are.
// What the keys do to the terminal's group does not reach this program, which is in another session.
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

/// What a system call gave; ends the program if it failed.
int must(long result, const char* what) {
  if (result < 0) {
    std::perror(what);
    std::exit(125);
  }
  return static_cast<int>(result);
}

/// Becomes the command, which leads the session of `terminal` and gets every signal as if nobody had said anything.
[[noreturn]] void become(int terminal, char** command) {
  must(::login_tty(terminal), "login_tty");
  for (int signal = 1; signal < NSIG; ++signal) {
    std::signal(signal, SIG_DFL);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvp(command[0], command);
  std::perror(command[0]);
  std::_Exit(127);
}

void say(const char* bytes, std::size_t size) {
  while (size > 0) {
    const int wrote = must(::write(STDOUT_FILENO, bytes, size), "write");
    bytes += wrote;
    size -= static_cast<std::size_t>(wrote);
  }
}

/// Passes on what the command has shown so far.
void drain(int master) {
  std::array<char, 4096> shown;
  for (;;) {
    const ssize_t size = ::read(master, shown.data(), shown.size());
    if (size <= 0) {
      return;  // nothing more yet, or (EIO) ever
    }
    say(shown.data(), static_cast<std::size_t>(size));
  }
}

/// Relays until the command has ended.
void relay(int master, int keys, int command) {
  std::string typed;  // not written yet
  for (;;) {
    const auto wanted = static_cast<short>(POLLIN | (typed.empty() ? 0 : POLLOUT));
    std::array<pollfd, 3> polled{{{master, wanted, 0}, {typed.empty() ? keys : -1, POLLIN, 0}, {command, POLLIN, 0}}};
    must(::poll(polled.data(), polled.size(), -1), "poll");
    drain(master);
    if (polled[2].revents != 0) {
      drain(master);  // what it showed between that look and its end
      return;
    }
    if (polled[1].revents != 0) {
      std::array<char, 256> bytes;
      const int size = must(::read(keys, bytes.data(), bytes.size()), "read");
      typed.assign(bytes.data(), static_cast<std::size_t>(size));
      keys = size == 0 ? -1 : keys;  // a FIFO has no end: it is open for writing here as well
    }
    if (const ssize_t size = ::write(master, typed.data(), typed.size()); size > 0) {
      typed.erase(0, static_cast<std::size_t>(size));
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: terminal KEYS COMMAND [ARGUMENT]...\n", stderr);
    return 125;
  }
  for (const int signal : {SIGINT, SIGQUIT, SIGHUP}) {
    std::signal(signal, SIG_IGN);
  }
  const int keys = must(::open(argv[1], O_RDWR | O_CLOEXEC), argv[1]);
  int master = -1;
  int terminal = -1;  // stays open: the master would say that it is gone whenever the command has it closed
  winsize size{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
  must(::openpty(&master, &terminal, nullptr, nullptr, &size), "openpty");
  must(::fcntl(master, F_SETFD, FD_CLOEXEC), "fcntl");
  must(::fcntl(master, F_SETFL, O_NONBLOCK), "fcntl");
  termios settings{};
  must(::tcgetattr(terminal, &settings), "tcgetattr");
  settings.c_lflag |= NOFLSH;
  must(::tcsetattr(terminal, TCSANOW, &settings), "tcsetattr");
  const pid_t child = must(::fork(), "fork");
  if (child == 0) {
    become(terminal, argv + 2);
  }
  relay(master, keys, must(::syscall(SYS_pidfd_open, child, 0), "pidfd_open"));
  int status = 0;
  must(::waitpid(child, &status, 0), "waitpid");
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
