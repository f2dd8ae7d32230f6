// What the kernel hands to a new process, as start.cpp finds it on the stack. Constant once main() has begun.
#pragma once
#include <cstdint>
#include <string_view>

namespace shm::front {

struct Process {
  int argc = 0;
  char** argv = nullptr;
  const char* file = nullptr;  ///< the path by which it was run, as the kernel was told it
  std::uint32_t euid = 0;
  bool secure = false;  ///< it has rights that its caller has not: its environment is not believed
};

/// The program; returns its exit status.
int main(const Process& process) noexcept;

}  // namespace shm::front
