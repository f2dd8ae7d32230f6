// The journal's part of what a call of `run` says (hot/run_journal.hpp), by the words of that call. Single-threaded.
#pragma once
#include <vector>
#include "cli/call.hpp"
#include "hot/run_journal.hpp"

namespace shm::verbs {

class RunJournal {
 public:
  /// Throws Usage.
  explicit RunJournal(const cli::Call& call);
  RunJournal(const RunJournal&) = delete;
  RunJournal& operator=(const RunJournal&) = delete;
  ~RunJournal() = default;

  [[nodiscard]] hot::RunJournal* operator->() noexcept { return &journal_; }
  [[nodiscard]] const hot::RunJournal* operator->() const noexcept { return &journal_; }

 private:
  std::vector<char*> command_;
  hot::RunJournal journal_;
};

}  // namespace shm::verbs
