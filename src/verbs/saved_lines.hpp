// The lines of a file that a store was saved to (store/save_file.hpp): those of dump, and what dump does not know:
//   {"shmctl":1,"job":...,  its counts, its pause, its history}
//   {"shmctl":1,"mark":"persist",  "jobs":false,"pattern":...,"text":...}
// Only save.cpp, restore.cpp and saved_*.cpp include this. Single-threaded.
#pragma once
#include <variant>
#include "guard/saved_job.hpp"
#include "store/marks.hpp"
#include "verbs/load.hpp"

namespace shm::verbs {

/// A store::Mark that owns its words.
struct SavedMark {
  store::MarkWhat what = store::MarkWhat::persisted;
  bool for_jobs = false;
  std::string pattern;
  std::string text;

  [[nodiscard]] store::Mark view() const noexcept { return {what, for_jobs, pattern, text}; }
};

std::string job_line(const guard::SavedJob& job);
std::string mark_line(const store::Mark& mark);

using SavedLine = std::variant<LoadLine, guard::SavedJob, SavedMark>;
/// Throws BadLine.
SavedLine read_saved_line(std::string_view text);
/// saved_job.cpp; the line has been found to be a job's.
guard::SavedJob read_job_line(const cli::JsonValue& json);

}  // namespace shm::verbs
