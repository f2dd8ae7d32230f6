// The keys and values that a verb of dicts is given: lines, pairs that NULs end, or a JSON object. Only
// dict*.cpp include this. Single-threaded.
#pragma once
#include <deque>
#include "object/dict.hpp"
#include "os/buffer.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

class DictInput {
 public:
  explicit DictInput(const cli::Call& call) : call_(call) {}
  DictInput(const DictInput&) = delete;
  DictInput& operator=(const DictInput&) = delete;

  /// All of standard input: lines KEY=VALUE; with --null, key NUL value NUL; a JSON object, if it begins with { or
  /// `json`. Throws Usage for what is none of these.
  void add_all(bool json);

  /// They point into this and into the call.
  [[nodiscard]] const std::vector<object::Dict::Pair>& pairs() const noexcept { return pairs_; }

 private:
  void read();
  void add(std::string_view key, std::string_view value);
  void add_lines();
  void add_by_nul();
  void add_json();

  const cli::Call& call_;
  os::Buffer input_;
  std::deque<std::string> kept_;
  std::vector<object::Dict::Pair> pairs_;
};

/// The word at that operand, or all of standard input if it is `-`: exactly, with its last newline.
class DictWord {
 public:
  DictWord(const cli::Call& call, std::size_t operand);
  [[nodiscard]] object::Dict::Bytes bytes() const noexcept;

 private:
  std::string_view word_;
  bool is_input_;
  os::Buffer input_;
};

}  // namespace shm::verbs
