// The lines of a configuration file: `key = value` in sections, as systemd's files have them. What keys there are is
// for who calls it. Every fault is found, not only the first. Pure.
//
// Not Program_options' reader of such files: it cuts a value off at a '#', which commands have, and tells no lines.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace shm::cli {

struct ConfEntry {
  std::string section;   ///< without brackets; empty before the first
  std::string key;       ///< never empty
  std::string value;     ///< without blanks around it; of a line that ends in '\', with the lines that follow
  std::size_t line = 0;  ///< from 1 on
};

struct ConfFault {
  std::size_t line = 0;  ///< 0: no line in particular
  std::string why;

  /// "line 2: WHY", or WHY alone.
  [[nodiscard]] std::string message() const;
};

struct ConfText {
  std::vector<ConfEntry> entries;
  std::vector<ConfFault> faults;
};

ConfText read_conf_text(std::string_view text);

/// Without blanks around it.
std::string_view trim(std::string_view text) noexcept;

}  // namespace shm::cli
