#include "os/getent.hpp"
#include <fcntl.h>
#include "os/spawn.hpp"
#include "os/text.hpp"

namespace shm::os {

Getent::Getent(const char* database, const char* key) noexcept {
  int ends[2];
  if (sys::call(SYS_pipe2, &ends[0], O_CLOEXEC) < 0) {
    return;
  }
  output_ = Fd(ends[0]);
  const Fd input(ends[1]);
  const Fd nowhere(static_cast<int>(sys::retry(SYS_openat, AT_FDCWD, "/dev/null", O_WRONLY | O_CLOEXEC, 0)));
  char program[] = "/usr/bin/getent";
  FileName words[2] = {FileName(database), FileName(key)};
  char* const argv[] = {&program[0], const_cast<char*>(words[0].c_str()), const_cast<char*>(words[1].c_str()), nullptr};
  char path[] = "PATH=/usr/bin:/bin";
  char* const environment[] = {&path[0], nullptr};
  Command command;
  command.words = &argv[0];
  command.environment = &environment[0];
  command.output = input.get();
  command.error = nowhere.get();
  command.mask = block_signals({});
  if (const auto started = start_command(command)) {
    pid_ = started->pid;
  }
}

Getent::~Getent() {
  output_.reset();  // it must not wait for a reader while it is waited for
  if (pid_ > 0) {
    sys::retry(SYS_wait4, pid_, 0, 0, 0);
  }
}

}  // namespace shm::os
