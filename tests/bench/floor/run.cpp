// run [-w] FILE COMMAND...: opens the file, making it if it is not there, takes flock(2) on it, starts the command,
// looked up in PATH, waits for its end and gives the lock back; the command's status is its own. A lock that is held:
// status 1 at once; with -w it waits. The least that a command under a lock can cost, and to be refused one.
#include <sys/file.h>
#include "system.hpp"

namespace {
using namespace floor_of;

std::size_t length(const char* text) {
  std::size_t size = 0;
  for (; text[size] != '\0'; ++size) {
  }
  return size;
}
bool has_slash(const char* text) {
  for (; *text != '\0' && *text != '/'; ++text) {
  }
  return *text == '/';
}

/// The command of the words, in this process: what is returned is the status that says why it can't be.
int become(char** words, char** environment) {
  const char* command = words[0];
  if (has_slash(command)) {
    call(__NR_execve, address(command), address(words), address(environment));
    return 126;
  }
  const char* directories = "/usr/bin:/bin";
  for (char** each = environment; *each != nullptr; ++each) {
    const char* text = *each;
    if (text[0] == 'P' && text[1] == 'A' && text[2] == 'T' && text[3] == 'H' && text[4] == '=') {
      directories = text + 5;
      break;
    }
  }
  // No larger than it must be: another page of the stack would cost as much as all that is done here.
  char* path = static_cast<char*>(__builtin_alloca(length(directories) + length(command) + 2));
  for (;;) {
    char* end = path;
    while (*directories != ':' && *directories != '\0') {
      *end++ = *directories++;
    }
    *end++ = '/';
    for (const char* at = command; (*end++ = *at) != '\0'; ++at) {
    }
    call(__NR_execve, address(path), address(words), address(environment));
    if (*directories++ == '\0') {
      return 127;
    }
  }
}

// It shares the parent's memory until it has become the command, its stack too: so it never returns, and has a frame of
// its own.
[[gnu::noinline, noreturn]] void be_child(char** words, char** environment) { exit_with(become(words, environment)); }
}  // namespace

int main_of(char** words, char** environment) {
  int how = LOCK_EX | LOCK_NB;
  if (same(words[1], "-w")) {
    how = LOCK_EX;
    ++words;
  }
  const long file = open_file(words[1], O_RDONLY | O_CREAT | O_NOCTTY | O_CLOEXEC);
  if (file < 0) {
    return 3;
  }
  if (call(__NR_flock, file, how) != 0) {
    return 1;
  }
  const long pid = call(__NR_vfork);
  if (pid == 0) {
    be_child(words + 2, environment);
  }
  int status = 0;
  if (pid < 0 || call(__NR_wait4, pid, address(&status), 0, 0) != pid) {
    return 4;
  }
  // Who waits for it need not wait for this process's end too.
  call(__NR_flock, file, LOCK_UN);
  return (status & 0x7f) == 0 ? status >> 8 & 0xff : 128 + (status & 0x7f);
}
