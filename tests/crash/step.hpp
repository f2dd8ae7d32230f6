// A child process that goes on by one instruction at a time. x86-64 Linux. For the harness alone.
#pragma once
#include <sys/types.h>
#include <cstdint>
#include <functional>

namespace crash {

/// A system call that the child is about to make.
struct Call {
  std::uint64_t number = 0;
  std::uint64_t arguments[3] = {};
};

class Child {
 public:
  /// Starts a child that calls `ready`, stops, and, step by step, calls what that returned.
  explicit Child(const std::function<std::function<void()>()>& ready);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();  ///< kills it

  enum class Step : std::uint8_t { done, call, repeated, ended };
  /// One instruction: `call` for one that was a system call, which then is in `*made`; `repeated`: one that
  /// copies, and is not done yet; `ended`: it has done all, and is still there.
  Step step(Call* made = nullptr);
  void kill();
  /// Lets it run to its end at full speed.
  void run_on();

 private:
  void wait();
  pid_t pid_ = 0;
  int status_ = 0;
};

/// Whether children can be stepped through here; if not, why.
const char* can_step();

}  // namespace crash
