#include "os/getent.hpp"
#include <fcntl.h>
#include <spawn.h>
#include "os/text.hpp"

namespace shm::os {

Getent::Getent(const char* database, const char* key) noexcept {
  int ends[2];
  if (sys::call(SYS_pipe2, &ends[0], O_CLOEXEC) < 0) {
    return;
  }
  output_ = Fd(ends[0]);
  const Fd input(ends[1]);
  posix_spawn_file_actions_t actions;
  if (posix_spawn_file_actions_init(&actions) != 0) {
    return;
  }
  posix_spawn_file_actions_adddup2(&actions, input.get(), 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  char program[] = "getent";
  FileName words[2] = {FileName(database), FileName(key)};
  char* const argv[] = {&program[0], const_cast<char*>(words[0].c_str()), const_cast<char*>(words[1].c_str()), nullptr};
  char path[] = "PATH=/usr/bin:/bin";
  char* const environment[] = {&path[0], nullptr};
  if (posix_spawn(&pid_, "/usr/bin/getent", &actions, nullptr, &argv[0], &environment[0]) != 0) {
    pid_ = -1;
  }
  posix_spawn_file_actions_destroy(&actions);
}

Getent::~Getent() {
  output_.reset();  // it must not wait for a reader while it is waited for
  if (pid_ > 0) {
    sys::retry(SYS_wait4, pid_, 0, 0, 0);
  }
}

}  // namespace shm::os
