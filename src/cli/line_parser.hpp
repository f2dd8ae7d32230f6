// From the words of a line of `exec` to a Call, quickly: the verb is found by a hash, and options in their plain forms
// are read without Program_options. Whatever is not plain goes the way of every command line (parse_words), which also
// says what is wrong; the two read the same words alike. Single-threaded.
#pragma once
#include "cli/call.hpp"

namespace shm::cli {

class LineParser {
 public:
  /// --store, --quiet and the format of `outer` apply to each line that does not say its own.
  explicit LineParser(const Call& outer);

  /// Reads `words`, at least one, into `call`, which may be that of the line before: only what it has to print stays.
  /// Throws Usage; `call` is then good for the next line alone.
  void parse(std::span<const std::string_view> words, Call& call);

 private:
  struct Entry {
    const Verb* verb = nullptr;
    std::size_t least = 0;  ///< operands
    std::size_t most = 0;
  };
  static std::size_t hash(std::string_view group, std::string_view name) noexcept;
  [[nodiscard]] const Entry* find(std::string_view group, std::string_view name) const noexcept;
  bool read(const Entry& entry, std::span<const std::string_view> words, Call& call) const;
  void inherit(Call& call) const;

  std::vector<Entry> entries_;  ///< a hash table, at most half full
  std::vector<Call::Given> inherited_;
  std::vector<Call::Given> inherited_format_;
  Format format_;
};

}  // namespace shm::cli
