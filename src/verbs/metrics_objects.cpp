// metrics: the numbers that chosen objects hold.
#include <algorithm>
#include <iterator>
#include "cli/printable.hpp"
#include "object/dict.hpp"
#include "store/marks.hpp"
#include "verbs/common.hpp"
#include "verbs/export_rule.hpp"
#include "verbs/metrics_parts.hpp"
#include "verbs/state_line.hpp"

namespace shm::verbs {

namespace {
using os::Code;
using Why = Gathered::Why;

/// Whether the rule is about the object of that name.
bool covers(const ExportRule& rule, std::string_view name) {
  return store::Mark{store::MarkWhat::exported, false, rule.pattern, {}}.covers(name);
}

/// --export PATTERN or --export 'PATTERN=AS'
ExportRule rule_in(const cli::Call& call, std::string_view text) {
  const auto equals = text.find('=');
  ExportRule rule;
  rule.pattern = text.substr(0, equals);
  rule.as = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  auto why = settle(rule);
  if (rule.pattern.empty() || (equals != std::string_view::npos && rule.as.empty())) {
    why = "say NAME, or NAME='METRIC{LABEL=\"VALUE\"}'; NAME may be a glob";
  }
  if (why) {
    refuse(call, "--export '" + std::string(text) + "': " + *why);
  }
  return rule;
}

/// The first that covers an object decides how it is shown: those of the call, then those of the store's marks, names
/// before globs.
std::vector<ExportRule> rules_of(Gathered& gathered, cli::Call& call, const store::Store& store) {
  std::vector<ExportRule> rules;
  for (const auto& option : call.options) {
    if (option.name == "export") {
      rules.push_back(rule_in(call, option.argument));
    }
  }
  const auto marks = store::read_marks(store);
  if (!marks) {
    gathered.leave_out(",marks", marks.error());
    return rules;
  }
  std::vector<ExportRule> globs;
  for (const auto& mark : marks->all()) {
    if (mark.what != store::MarkWhat::exported || mark.for_jobs) {
      continue;
    }
    if (auto rule = rule_of(mark)) {
      (rule->is_glob() ? globs : rules).push_back(std::move(*rule));
    } else {
      gathered.leave_out(Why::damaged, mark.pattern, "what 'export' kept of it is of another version");
    }
  }
  std::move(globs.begin(), globs.end(), std::back_inserter(rules));
  return rules;
}

std::vector<std::string> names_of(const store::Store& store) {
  std::vector<std::string> names;
  cli::must(os::list_directory(
      store.dir(),
      [](void* context, std::string_view name) {
        if (store::valid_name(name)) {
          static_cast<std::vector<std::string>*>(context)->emplace_back(name);
        }
        return true;
      },
      &names));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

struct Number {
  std::string text;
  bool countable = false;  ///< not below 0, and a number
};

/// Nothing for what is no number. Of what has several things, how many.
std::optional<Number> number_of(const object::Description& object) {
  if (const auto length = length_of(object)) {
    return Number{cli::metric_number(*length), true};
  }
  switch (object.type) {
    case object::Type::int64: return Number{cli::metric_number(object.state.as_int()), object.state.as_int() >= 0};
    case object::Type::uint64: return Number{cli::metric_number(object.state.bits), true};
    case object::Type::boolean: return Number{cli::metric_number(object.state.bits != 0), true};
    case object::Type::float64:
      return Number{cli::real_metric_number(object::format_scalar(object.state).view()), object.state.as_float() >= 0};
    default: return std::nullopt;
  }
}

/// `what`: of which object or key, for those who wonder where it is.
void show(Gathered& gathered, const std::optional<Exported>& metric, const Number& number, std::string_view what) {
  if (!metric) {
    gathered.leave_out(Why::unfit, what, "what came of its name can't be a metric's, or is shmctl's own");
    return;
  }
  if (metric->family.type == cli::MetricType::counter && !number.countable) {
    gathered.leave_out(Why::unfit, what, "a counter is never below 0 (export it with --type gauge)");
    return;
  }
  using Added = cli::MetricSet::Added;
  const Added added = gathered.add(metric->family, metric->labels, number.text);
  if (added != Added::yes) {
    gathered.leave_out(
        Why::clash, what,
        added == Added::twice ? "another object has the same metric and labels" : "another metric has that name");
  }
}

/// Nothing for what is no number as people write them.
std::optional<Number> number_in(std::string_view text) {
  if (object::is_dict_number(text)) {
    return Number{std::string(text), text[0] != '-'};
  }
  const auto real = object::parse_scalar(object::Type::float64, text);
  return real ? std::optional(
                    Number{cli::real_metric_number(object::format_scalar(*real).view()), real->as_float() >= 0})
              : std::nullopt;
}

/// Each key of a dict that has a number.
os::Result<void> show_keys(Gathered& gathered, const ExportRule& rule, const store::Store& store,
                           std::string_view name) {
  const auto dict = object::Dict::open(store, name, os::Access::read);
  if (!dict) {
    return std::unexpected(dict.error());
  }
  const auto items = dict->items("");
  if (!items) {
    return std::unexpected(items.error());
  }
  for (std::size_t i = 0; i < items->size(); ++i) {
    if (const auto number = number_in(items->value(i))) {
      const auto key = items->key(i);
      show(gathered, exported(rule, name, key), *number, std::string(name) + ": " + cli::printable(key));
    }
  }
  return {};
}

os::Result<void> show_object(Gathered& gathered, const ExportRule& rule, const store::Store& store,
                             std::string_view name) {
  const auto object = object::describe(store, name);
  if (!object) {
    return std::unexpected(object.error());
  }
  if (rule.by_key && object->kind == object::Kind::dict) {
    return show_keys(gathered, rule, store, name);
  }
  const auto number = rule.by_key ? std::nullopt : number_of(*object);
  if (number) {
    show(gathered, exported(rule, name), *number, name);
  } else if (!rule.is_glob()) {  // a glob means what is fit among what it matches
    gathered.leave_out(Why::unfit, name, rule.by_key ? "it is no dict and has no keys" : "it holds no number");
  }
  return {};
}
}  // namespace

void gather_objects(Gathered& gathered, cli::Call& call, const store::Store& store) {
  const auto rules = rules_of(gathered, call, store);
  if (rules.empty()) {
    return;
  }
  for (const auto& name : names_of(store)) {
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const auto& each) { return covers(each, name); });
    if (rule == rules.end()) {
      continue;
    }
    using_object(name);
    const auto shown = show_object(gathered, *rule, store, name);
    if (!shown && shown.error().code != Code::absent) {
      gathered.leave_out(name, shown.error());
    }
  }
}

}  // namespace shm::verbs
