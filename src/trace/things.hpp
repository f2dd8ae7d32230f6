// What a file is to shmctl, by its name, and which one a descriptor is. For the words of a trace: a guess would do no
// harm there, but files of a store are told apart by their names everywhere (ARCHITECTURE.md, "Files").
#pragma once
#include <string_view>

namespace shm::trace {

/// As it stands in a sentence: "the job's record".
const char* thing_in_store(std::string_view name) noexcept;
const char* thing_at_path(std::string_view path, const char* otherwise) noexcept;

struct Thing {
  const char* what;  ///< null: nothing is known of it
  char name[48];     ///< cut to fit; empty: it has none
};

/// Which thing each open descriptor is. What is not noted, or beyond the last, is not known.
/// All zero at first, so that it costs a program nothing which does not trace.
class Descriptors {
 public:
  void note(long number, const char* what, std::string_view name) noexcept;
  void forget(long number) noexcept { note(number, nullptr, {}); }
  void copy(long from, long to) noexcept;
  [[nodiscard]] const Thing* of(long number) const noexcept;  ///< null: not known

 private:
  Thing things_[64];
};

}  // namespace shm::trace
