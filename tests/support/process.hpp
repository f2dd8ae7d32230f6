// Child processes for tests: what needs another user, a broken kernel, a kill or a crowd happens in one.
#pragma once
#include <sys/types.h>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace test {

/// How a child ended, and what it wrote to stderr.
struct Outcome {
  int exit_status = -1;  ///< -1: ended by a signal
  int signal = 0;
  std::string errors;
};

using Act = std::function<int()>;

/// Fails the test unless the child exited with 0; tells what it said.
void succeeds(const Outcome& outcome);

/// Runs `act` in a child process; its result is the exit status.
Outcome in_child(const Act& act);
/// The same as another user, of `gid` alone or of `more` groups too. Needs root.
Outcome as_user(uid_t uid, gid_t gid, const Act& act, const std::vector<gid_t>& more = {});
/// The same in a mount namespace of its own, where it may mount what it likes. Needs root.
Outcome in_own_mounts(const Act& act);

bool is_root();
/// Whether mount namespaces can be had.
bool can_mount();
/// Mounts a fresh tmpfs; false if refused. `options`: "size=64k,mode=755".
bool mount_tmpfs(const char* where, const char* options);

/// Said by CHILD_REQUIRE; ends the child.
[[noreturn]] void child_failed(const char* condition, const char* file, int line);

/// Several children that start to work at the same moment. Those still there when it goes are killed.
class Crowd {
 public:
  Crowd() = default;
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd();
  /// Starts child number pids().size(); it waits for go().
  void add(const Act& act);
  void go();
  /// Waits for all of them; whether each exited with 0.
  bool wait();
  /// Waits for child `index`; returns its wait status.
  int wait_for(std::size_t index);
  [[nodiscard]] const std::vector<pid_t>& pids() const { return pids_; }

 private:
  std::vector<pid_t> pids_;  // 0: waited for
  int gate_[2] = {-1, -1};
};

/// Memory that children share with their parent, zeroed.
void* shared_memory(std::size_t bytes);
template <class T>
T& shared() {
  return *static_cast<T*>(shared_memory(sizeof(T)));
}

}  // namespace test

// In a child, where Catch2's own macros have nobody to tell.
#define CHILD_REQUIRE(...) ((__VA_ARGS__) ? (void)0 : ::test::child_failed(#__VA_ARGS__, __FILE__, __LINE__))
