// Words of a command line as an input of a fuzzer: each ends with a newline. For tests/fuzz alone.
#pragma once
#include <string>
#include <vector>
#include "fuzz/kinds.hpp"

namespace fuzz {

inline Bytes line_of(const std::vector<std::string>& words) {
  Bytes line;
  for (const auto& word : words) {
    line.insert(line.end(), word.begin(), word.end());
    line.push_back('\n');
  }
  return line;
}

/// What is behind the last newline is no word.
inline std::vector<std::string> words_of(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < size; ++i) {
    if (data[i] == '\n') {
      words.emplace_back();
    } else if (data[i] != 0) {  // no word has one
      words.back() += static_cast<char>(data[i]);
    }
  }
  words.pop_back();
  return words;
}

}  // namespace fuzz
