// How the metrics show an object: what `export` keeps in a store's marks, and what `metrics --export` says. Only
// export.cpp and metrics*.cpp include this. Single-threaded.
#pragma once
#include <optional>
#include <string>
#include "cli/call.hpp"
#include "cli/open_metrics.hpp"
#include "store/marks.hpp"

namespace shm::verbs {

struct ExportRule {
  std::string pattern;  ///< a name or a glob
  std::string as;       ///< as it was said; empty: the object's own name
  std::string help;
  std::optional<cli::MetricType> type;  ///< none: a counter if the metric's name ends in _total, else a gauge

  // What `as` means. %n in them stands for the object's name, %* for what the glob's asterisk stands for, %k for a key
  // of a dict, %% for %.
  std::string name;
  cli::Labels labels;
  bool by_key = false;  ///< %k is among them: each key of a dict is a metric

  /// Whether several objects may match it.
  [[nodiscard]] bool is_glob() const noexcept { return pattern.find_first_of("*?[") != std::string::npos; }
};

/// Why it can't be a rule, or nothing: reads `as`.
std::optional<std::string> settle(ExportRule& rule);

/// What stands in a mark's text.
std::string text_of(const ExportRule& rule);
/// Nothing: the mark's text is none of this version's.
std::optional<ExportRule> rule_of(const store::Mark& mark);

std::string_view type_word(cli::MetricType type) noexcept;
/// "counter" or "gauge".
cli::MetricType type_of_word(std::string_view word) noexcept;

/// The metric that it makes of an object of that name, or of a key of it.
struct Exported {
  cli::MetricFamily family;
  cli::Labels labels;
};
/// Nothing: what came of the object's name can't be a metric's, or is shmctl's own.
std::optional<Exported> exported(const ExportRule& rule, std::string_view object, std::string_view key = {});

/// NAME=VALUE as labels are said by option: throws Usage.
cli::Label label_in(const cli::Call& call, std::string_view text);

}  // namespace shm::verbs
