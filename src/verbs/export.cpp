// export, unexport: which objects the metrics of a store show, and how. Kept in its marks.
#include <fmt/core.h>
#include "cli/printable.hpp"
#include "store/marks.hpp"
#include "store/name.hpp"
#include "verbs/common.hpp"
#include "verbs/export_rule.hpp"
#include "verbs/metrics.hpp"

namespace shm::verbs {

namespace {
using store::MarkWhat;

std::string type_text(const ExportRule& rule) { return rule.type ? std::string(type_word(*rule.type)) : "-"; }

cli::Json json_of(const ExportRule& rule) {
  cli::Json json;
  json.add("pattern", rule.pattern);
  const auto add = [&](std::string_view key, const std::string& text) {
    text.empty() ? json.add_null(key) : json.add(key, text);
  };
  add("as", rule.as);
  add("type", rule.type ? std::string(type_word(*rule.type)) : "");
  add("help", rule.help);
  return json;
}

int list(cli::Call& call) {
  const auto* store = find_store(call);
  if (store == nullptr) {
    return 0;
  }
  const auto marks = cli::must(store::read_marks(*store));
  cli::Table table({"PATTERN", "AS", "TYPE", "HELP"});
  for (const auto& mark : marks.all()) {
    if (mark.what != MarkWhat::exported || mark.for_jobs) {
      continue;
    }
    const auto rule = rule_of(mark);
    if (!rule) {
      call.report(os::fail(os::Code::corrupt, "read mark", mark.pattern, "it is of another version of shmctl",
                           "export it again"));
    } else if (call.output.json()) {
      call.output.write(json_of(*rule));
    } else {
      table.add({rule->pattern, rule->as.empty() ? "-" : cli::printable(rule->as), type_text(*rule),
                 rule->help.empty() ? "-" : cli::printable(rule->help)});
    }
  }
  if (!table.empty()) {
    call.output.write(table.text());
  }
  return call.status();
}
}  // namespace

int export_objects(cli::Call& call) {
  if (call.operands.empty()) {
    for (const auto* option : {"as", "help-text", "type"}) {
      if (call.has(option)) {
        refuse(call, fmt::format("--{} is said of an object: its name is missing", option));
      }
    }
    return list(call);
  }
  std::vector<ExportRule> rules;
  std::vector<std::string> texts;
  for (const auto& pattern : call.operands) {
    ExportRule rule;
    rule.pattern = pattern;
    rule.as = call.argument("as").value_or("");
    rule.help = call.argument("help-text").value_or("");
    if (const auto type = call.argument("type")) {
      rule.type = type_of_word(*type);
    }
    if (call.has("as") && rule.as.empty()) {
      refuse(call, "--as is empty (say a metric's name)");
    }
    if (!rule.is_glob()) {
      cli::must(store::check_name(pattern));
    }
    if (const auto why = settle(rule)) {
      refuse(call, fmt::format("'{}': {}", rule.as.empty() ? pattern : rule.as, *why));
    }
    texts.push_back(text_of(rule));
    rules.push_back(std::move(rule));
  }
  std::vector<store::Mark> marks;
  marks.reserve(rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    marks.push_back({MarkWhat::exported, false, rules[i].pattern, texts[i]});
  }
  cli::must(store::set_marks(open_store(call, store::Missing::create), marks));
  return 0;
}

int unexport_objects(cli::Call& call) {
  const auto& store = open_store(call, store::Missing::refuse);
  for (const auto& pattern : call.operands) {
    const auto cleared = store::clear_mark(store, MarkWhat::exported, false, pattern);
    if (!cleared) {
      call.report(
          cleared.error().code == os::Code::absent
              ? os::fail(os::Code::absent, "unexport", pattern, "it is not exported", "'shmctl export' lists what is")
              : cleared.error());
    }
  }
  return call.status();
}

}  // namespace shm::verbs
