// What a command is started with for one item: its words with the item in the place of each `{}`, and its environment.
// For src/work alone. One thread.
#pragma once
#include <string>
#include <vector>
#include "object/queue.hpp"

namespace shm::work {

/// Whether an item goes into the words at all, or into the first, which says what runs.
bool takes_words(char* const* words) noexcept;
bool runs_item(char* const* words) noexcept;

class CommandLine {
 public:
  CommandLine(char* const* words, char* const* environment, std::string_view queue, const object::Item& item);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;
  ~CommandLine() = default;
  [[nodiscard]] char* const* words() const noexcept { return words_.data(); }
  [[nodiscard]] char* const* environment() const noexcept { return environment_.data(); }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> words_;
  std::vector<char*> environment_;
};

}  // namespace shm::work
