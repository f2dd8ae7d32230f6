// Metrics as monitoring systems read them: the text of OpenMetrics 1.0, and the older one of Prometheus (0.0.4), which
// node_exporter's textfile collector reads. Verbs call it. Pure.
// Invariants: a family stands in one piece, and no sample of one can be taken for a sample of another; no two metrics
// of a family have the same labels; what is printed is UTF-8.
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace shm::cli {

enum class MetricType : std::uint8_t {
  gauge,
  counter,  ///< never below 0, and goes down only to begin again at 0
  info,     ///< its labels are what it says; its number is 1
};

enum class MetricFormat : std::uint8_t { openmetrics, prometheus };

struct Label {
  std::string name;
  std::string value;
};
using Labels = std::vector<Label>;

struct MetricFamily {
  std::string name;  ///< without the _total of a counter and the _info of an info
  MetricType type = MetricType::gauge;
  std::string unit;  ///< empty: none; else the name ends in it, as in wait_seconds
  std::string help;
};

/// All that one answer says. Families come in the order in which they were first named, metrics in that of add().
class MetricSet {
 public:
  enum class Added : std::uint8_t {
    yes,
    twice,  ///< the family has a metric of the same labels
    clash,  ///< the name is another family's, or could be taken for it
  };
  /// `number` as metric_number() and its like make it. Of several helps of a family the first counts. Names and labels
  /// must be such (is_metric_name(), is_label_name()), and each label be there once.
  Added add(const MetricFamily& family, const Labels& labels, std::string_view number);
  /// The family is named, though it has no metric yet. False: clash.
  bool declare(const MetricFamily& family);

  [[nodiscard]] std::string text(MetricFormat format) const;

 private:
  struct Metric {
    Labels labels;
    std::string number;
  };
  struct Entry {
    MetricFamily family;
    std::vector<Metric> metrics;
    std::set<std::string> series;
  };
  Entry* entry_of(const MetricFamily& family);

  std::vector<Entry> entries_;
  std::map<std::string, std::size_t, std::less<>> taken_;  // each name that is a family's, or may be a sample's of it
};

std::string_view content_type(MetricFormat format) noexcept;

bool is_metric_name(std::string_view name) noexcept;
/// Not those that begin with two underscores, which are the monitoring system's own.
bool is_label_name(std::string_view name) noexcept;
/// `text` with an underscore for each byte that a metric's name can't have.
std::string as_metric_name(std::string_view text);

std::string metric_number(std::int64_t number);
std::string metric_number(std::uint64_t number);
inline std::string metric_number(bool yes) { return yes ? "1" : "0"; }
/// A number that is no whole one by its type: 5.0, 1e+300, +Inf, NaN. `digits` as format_scalar() prints it.
std::string real_metric_number(std::string_view digits);
/// Exactly: 1763733333.25
std::string seconds_metric_number(std::int64_t ns);

}  // namespace shm::cli
