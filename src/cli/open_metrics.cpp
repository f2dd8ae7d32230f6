#include "cli/open_metrics.hpp"
#include <fmt/core.h>
#include <algorithm>
#include <array>
#include "os/utf8.hpp"

namespace shm::cli {

namespace {
constexpr std::string_view type_names[] = {"gauge", "counter", "info"};  // as MetricType numbers them

bool is_letter(char c) noexcept { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// What stands behind the family's name in that of its sample.
std::string_view suffix(MetricType type) noexcept {
  return type == MetricType::counter ? "_total" : type == MetricType::info ? "_info" : "";
}

/// UTF-8 as it is; of other text the bytes that are no ASCII become U+FFFD.
std::string well_formed(std::string_view text) {
  if (os::is_utf8(text)) {
    return std::string(text);
  }
  std::string good;
  for (const char c : text) {
    good += static_cast<unsigned char>(c) < 0x80U ? std::string(1, c) : "\xef\xbf\xbd";
  }
  return good;
}

enum class Quotes : std::uint8_t { escaped, plain };

std::string escaped(std::string_view text, Quotes quotes) {
  std::string whole;
  for (const char c : well_formed(text)) {
    if (c == '\n') {
      whole += "\\n";
    } else {
      if (c == '\\' || (c == '"' && quotes == Quotes::escaped)) {
        whole += '\\';
      }
      whole += c;
    }
  }
  return whole;
}

std::string text_of(const Labels& labels) {
  std::string text;
  for (const auto& label : labels) {
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "{" : ",", label.name, escaped(label.value, Quotes::escaped));
  }
  return text.empty() ? text : text + "}";
}

/// Of labels in any order: the same for the same ones.
std::string series_of(Labels labels) {
  std::sort(labels.begin(), labels.end(), [](const Label& left, const Label& right) { return left.name < right.name; });
  return text_of(labels);
}

std::string head(const MetricFamily& family, MetricFormat format) {
  if (format == MetricFormat::openmetrics) {
    std::string text = fmt::format("# TYPE {} {}\n", family.name, type_names[static_cast<std::size_t>(family.type)]);
    if (!family.unit.empty()) {
      text += fmt::format("# UNIT {} {}\n", family.name, family.unit);
    }
    if (!family.help.empty()) {
      text += fmt::format("# HELP {} {}\n", family.name, escaped(family.help, Quotes::escaped));
    }
    return text;
  }
  // There a family has the name of its samples, and an info is a gauge.
  const std::string name = family.name + std::string(suffix(family.type));
  std::string text;
  if (!family.help.empty()) {
    text = fmt::format("# HELP {} {}\n", name, escaped(family.help, Quotes::plain));
  }
  return text + fmt::format("# TYPE {} {}\n", name, family.type == MetricType::counter ? "counter" : "gauge");
}
}  // namespace

// The names that a family of that type may print, and its own: two families must have none in common, so that no
// reader can take the sample of one for the other's.
MetricSet::Entry* MetricSet::entry_of(const MetricFamily& family) {
  const auto found = taken_.find(family.name);
  if (found != taken_.end()) {
    Entry& entry = entries_[found->second];
    return entry.family.name == family.name && entry.family.type == family.type ? &entry : nullptr;
  }
  std::vector<std::string> names = {family.name};
  if (family.type != MetricType::gauge) {
    names.push_back(family.name + std::string(suffix(family.type)));
  }
  if (family.type == MetricType::counter) {
    names.push_back(family.name + "_created");
  }
  if (std::any_of(names.begin(), names.end(), [&](const auto& name) { return taken_.contains(name); })) {
    return nullptr;
  }
  for (const auto& name : names) {
    taken_.emplace(name, entries_.size());
  }
  entries_.push_back({family, {}, {}});
  return &entries_.back();
}

bool MetricSet::declare(const MetricFamily& family) { return entry_of(family) != nullptr; }

MetricSet::Added MetricSet::add(const MetricFamily& family, const Labels& labels, std::string_view number) {
  Entry* entry = entry_of(family);
  if (entry == nullptr) {
    return Added::clash;
  }
  if (!entry->series.insert(series_of(labels)).second) {
    return Added::twice;
  }
  if (entry->family.help.empty()) {
    entry->family.help = family.help;
  }
  entry->metrics.push_back({labels, std::string(number)});
  return Added::yes;
}

std::string MetricSet::text(MetricFormat format) const {
  std::string text;
  for (const auto& entry : entries_) {
    if (entry.metrics.empty()) {
      continue;
    }
    text += head(entry.family, format);
    for (const auto& metric : entry.metrics) {
      text += fmt::format("{}{}{} {}\n", entry.family.name, suffix(entry.family.type), text_of(metric.labels),
                          metric.number);
    }
  }
  return format == MetricFormat::openmetrics ? text + "# EOF\n" : text;
}

std::string_view content_type(MetricFormat format) noexcept {
  return format == MetricFormat::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                             : "text/plain; version=0.0.4; charset=utf-8";
}

bool is_metric_name(std::string_view name) noexcept {
  const auto fits = [](char c) { return is_letter(c) || is_digit(c) || c == ':'; };
  return !name.empty() && !is_digit(name[0]) && std::all_of(name.begin(), name.end(), fits);
}

bool is_label_name(std::string_view name) noexcept {
  const auto fits = [](char c) { return is_letter(c) || is_digit(c); };
  return !name.empty() && !is_digit(name[0]) && !name.starts_with("__") && std::all_of(name.begin(), name.end(), fits);
}

std::string as_metric_name(std::string_view text) {
  std::string name = !text.empty() && is_digit(text[0]) ? "_" : "";
  for (const char c : text) {
    name += is_letter(c) || is_digit(c) || c == ':' ? c : '_';
  }
  return name;
}

std::string metric_number(std::int64_t number) { return fmt::format("{}", number); }
std::string metric_number(std::uint64_t number) { return fmt::format("{}", number); }

std::string real_metric_number(std::string_view digits) {
  std::string number(digits);
  if (number == "inf") {
    return "+Inf";
  }
  if (number == "-inf") {
    return "-Inf";
  }
  if (number.find("nan") != std::string::npos) {
    return "NaN";
  }
  return number.find_first_of(".e") == std::string::npos ? number + ".0" : number;
}

std::string seconds_metric_number(std::int64_t ns) {
  constexpr std::int64_t second_ns = 1'000'000'000;
  const bool below = ns < 0;
  const std::uint64_t size = below ? 0 - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
  std::string number = fmt::format("{}{}.{:09}", below ? "-" : "", size / second_ns, size % second_ns);
  const auto last = number.find_last_not_of('0');
  number.resize(number[last] == '.' ? last + 2 : last + 1);
  return number;
}

}  // namespace shm::cli
