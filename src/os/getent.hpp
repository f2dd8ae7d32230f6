// What the machine's name service says, which a static program can't ask by itself: by getent(1). Main thread.
#pragma once
#include "os/fd.hpp"

namespace shm::os {

/// `getent DATABASE KEY`, running. Its end is waited for by the destructor.
class Getent {
 public:
  Getent(const char* database, const char* key) noexcept;
  Getent(const Getent&) = delete;
  Getent& operator=(const Getent&) = delete;
  ~Getent();
  /// What it prints; null where it can't be run.
  [[nodiscard]] const Fd* output() const noexcept { return pid_ > 0 ? &output_ : nullptr; }

 private:
  Fd output_;
  int pid_ = 0;  // 0: it does not run
};

}  // namespace shm::os
