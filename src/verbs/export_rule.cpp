#include "verbs/export_rule.hpp"
#include <fmt/core.h>
#include <algorithm>
#include "cli/json_input.hpp"
#include "cli/output.hpp"
#include "os/utf8.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

namespace {
constexpr std::string_view total = "_total";
constexpr std::string_view own = "shmctl_";  // of shmctl's own metrics, today's and later ones

/// Which placeholders `text` has.
struct Placeholders {
  bool objects = false;  ///< such as tell objects of a glob apart
  bool keys = false;
};
/// Nothing if one of them is none.
std::optional<Placeholders> placeholders(std::string_view text, bool asterisk) {
  Placeholders found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      continue;
    }
    const char next = ++i < text.size() ? text[i] : '\0';
    if (next == 'n' || (next == '*' && asterisk)) {
      found.objects = true;
    } else if (next == 'k') {
      found.keys = true;
    } else if (next != '%') {
      return std::nullopt;
    }
  }
  return found;
}

/// Reads `name{label="value",...}` from its beginning to its end.
class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  bool take(char c) noexcept {
    if (rest_.empty() || rest_[0] != c) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }
  /// Up to one of `ends`.
  std::string until(std::string_view ends) {
    const auto size = std::min(rest_.find_first_of(ends), rest_.size());
    std::string word(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return word;
  }
  /// Behind the first quote, up to the next one and past it; \\, \" and \n are what they are in OpenMetrics.
  std::optional<std::string> quoted() {
    std::string text;
    while (!rest_.empty()) {
      const char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '"') {
        return text;
      }
      if (c != '\\') {
        text += c;
      } else if (take('n')) {
        text += '\n';
      } else if (take('"')) {
        text += '"';
      } else if (take('\\')) {
        text += '\\';
      } else {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

 private:
  std::string_view rest_;
};

constexpr const char* form = "say NAME or 'NAME{LABEL=\"VALUE\",...}'";

std::optional<std::string> read_labels(Reader& reader, cli::Labels& labels) {
  while (!reader.take('}')) {
    if (!labels.empty() && !reader.take(',')) {
      return form;
    }
    cli::Label label;
    label.name = reader.until("=\",{}");
    if (!cli::is_label_name(label.name)) {
      return fmt::format("'{}' can't be a label's name (letters, digits and _, not __ first)", label.name);
    }
    auto value = reader.take('=') && reader.take('"') ? reader.quoted() : std::nullopt;
    if (!value) {
      return form;
    }
    label.value = std::move(*value);
    if (std::any_of(labels.begin(), labels.end(), [&](const auto& each) { return each.name == label.name; })) {
      return fmt::format("label '{}' is there twice", label.name);
    }
    labels.push_back(std::move(label));
  }
  return reader.at_end() ? std::nullopt : std::optional<std::string>(form);
}

/// What the one asterisk of `pattern` stands for in `object`, which matches it.
std::string_view starred(std::string_view pattern, std::string_view object) {
  const auto star = pattern.find('*');
  return star == std::string_view::npos || object.size() < pattern.size() - 1
             ? object
             : object.substr(star, object.size() - (pattern.size() - 1));
}

std::string filled_in(std::string_view text, const ExportRule& rule, std::string_view object, std::string_view key) {
  std::string whole;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 1 == text.size()) {
      whole += text[i];
      continue;
    }
    ++i;
    whole += text[i] == 'n'   ? object
             : text[i] == 'k' ? key
             : text[i] == '*' ? starred(rule.pattern, object)
                              : text.substr(i, 1);
  }
  return whole;
}

/// "%n" and the like in a name may become anything that an object's name has.
std::string without_placeholders(std::string_view name) {
  std::string plain;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '%') {
      ++i;
    }
    plain += name[i] == '*' ? '_' : name[i];
  }
  return plain;
}
}  // namespace

std::optional<std::string> settle(ExportRule& rule) {
  if (!os::is_utf8(rule.as) || !os::is_utf8(rule.help)) {
    return "it is no UTF-8, as metrics must be";
  }
  if (rule.as.empty()) {
    return std::nullopt;
  }
  Reader reader(rule.as);
  rule.name = reader.until("{");
  rule.labels.clear();
  if (reader.take('{')) {
    if (auto why = read_labels(reader, rule.labels)) {
      return why;
    }
  }
  const bool one_asterisk = std::count(rule.pattern.begin(), rule.pattern.end(), '*') == 1 &&
                            rule.pattern.find_first_of("?[\\") == std::string::npos;
  const auto in_name = placeholders(rule.name, one_asterisk);
  if (!in_name || !cli::is_metric_name(without_placeholders(rule.name))) {
    return fmt::format("'{}' can't be a metric's name (letters, digits, _ and :)", rule.name);
  }
  if (rule.name.starts_with(own)) {
    return "names that begin with shmctl_ are shmctl's own";
  }
  bool objects = in_name->objects;
  rule.by_key = in_name->keys;
  for (const auto& label : rule.labels) {
    const auto found = placeholders(label.value, one_asterisk);
    if (!found) {
      return fmt::format("label '{}': behind % stands n, k, % or, with one * in the pattern, *", label.name);
    }
    objects = objects || found->objects;
    rule.by_key = rule.by_key || found->keys;
  }
  if (rule.is_glob() && !objects) {
    return "all objects of the glob would be one metric (put %n somewhere, which stands for the object's name)";
  }
  return std::nullopt;
}

std::string text_of(const ExportRule& rule) {
  cli::Json json;
  if (!rule.as.empty()) {
    json.add("as", rule.as);
  }
  if (!rule.help.empty()) {
    json.add("help", rule.help);
  }
  if (rule.type) {
    json.add("type", type_word(*rule.type));
  }
  return json.text();
}

std::optional<ExportRule> rule_of(const store::Mark& mark) {
  const auto json = cli::parse_json(mark.text);
  if (!json || json->type != cli::JsonType::object) {
    return std::nullopt;
  }
  ExportRule rule;
  rule.pattern = mark.pattern;
  for (const auto& field : json->items) {
    if (field.type != cli::JsonType::string) {
      return std::nullopt;
    }
    if (field.key == "as") {
      rule.as = field.text;
    } else if (field.key == "help") {
      rule.help = field.text;
    } else if (field.key == "type" && (field.text == "counter" || field.text == "gauge")) {
      rule.type = type_of_word(field.text);
    } else {
      return std::nullopt;
    }
  }
  return settle(rule) ? std::nullopt : std::optional(rule);
}

std::string_view type_word(cli::MetricType type) noexcept {
  return type == cli::MetricType::counter ? "counter" : "gauge";
}

cli::MetricType type_of_word(std::string_view word) noexcept {
  return word == "counter" ? cli::MetricType::counter : cli::MetricType::gauge;
}

std::optional<Exported> exported(const ExportRule& rule, std::string_view object, std::string_view key) {
  Exported made;
  std::string name = cli::as_metric_name(rule.as.empty() ? object : filled_in(rule.name, rule, object, key));
  const bool named_total = name.ends_with(total);
  made.family.type = rule.type.value_or(named_total ? cli::MetricType::counter : cli::MetricType::gauge);
  if (named_total && made.family.type == cli::MetricType::counter) {
    name.resize(name.size() - total.size());
  }
  made.family.name = std::move(name);
  made.family.help = rule.help.empty() ? fmt::format("Exported from shmctl: {}", rule.pattern) : rule.help;
  for (const auto& label : rule.labels) {
    made.labels.push_back({label.name, filled_in(label.value, rule, object, key)});
  }
  const bool free = cli::is_metric_name(made.family.name) && !made.family.name.starts_with(own);
  return free ? std::optional(made) : std::nullopt;
}

cli::Label label_in(const cli::Call& call, std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || !cli::is_label_name(text.substr(0, equals))) {
    refuse(call, fmt::format("--label '{}': not NAME=VALUE, with a NAME of letters, digits and _", text));
  }
  if (!os::is_utf8(text)) {
    refuse(call, fmt::format("--label '{}': it is no UTF-8, as metrics must be", text));
  }
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

}  // namespace shm::verbs
