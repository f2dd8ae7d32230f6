// How dicts are written down and made again: keys, values and ends by the calendar, by the keys' bytes.
#include <fmt/core.h>
#include "verbs/dict_words.hpp"
#include "verbs/document.hpp"

namespace shm::verbs {

namespace {
using object::Dict;
using object::DictLimits;
using os::Result;

struct Row {
  std::string key;
  std::string value;
  object::Expiry end;
};

Result<void> write_dict(const store::Store& store, std::string_view name, const object::Description& found,
                        cli::Json& line) {
  const auto dict = Dict::open(store, name, os::Access::read);
  if (!dict || dict->object_id() != found.header.id) {
    return std::unexpected(dict || dict.error().code == os::Code::wrong_kind ? changed_hands(name) : dict.error());
  }
  const auto items = dict->items("");
  if (!items) {
    return std::unexpected(items.error());
  }
  add_limit(line, "max_items", dict->limits().max_items);
  add_limit(line, "max_bytes", dict->limits().max_bytes);
  std::string all = "[";
  for (std::size_t i = 0; i < items->size(); ++i) {
    all += i == 0 ? "[" : ",[";
    all += item_json_of(items->key(i));
    all += ",";
    all += value_json_of(items->value(i));
    if (items->end(i).boottime_ns != 0) {
      all += fmt::format(",{}", items->end(i).realtime_ns);
    }
    all += "]";
  }
  line.add_raw("items", all += "]");
  return {};
}

Row row_of(Fields& fields, const cli::JsonValue& json, std::size_t number) {
  const auto bad = [&](std::string_view why) { fields.refuse("items", fmt::format("item {}: {}", number, why)); };
  if (json.type != cli::JsonType::array || json.items.size() < 2 || json.items.size() > 3) {
    bad("not [KEY,VALUE] or [KEY,VALUE,END]");
  }
  const auto key = as_bytes(json.items[0]);
  const auto integer = as_integer(json.items[1]);
  const auto value = integer ? std::optional(fmt::format("{}", *integer)) : as_bytes(json.items[1]);
  const auto end = json.items.size() == 3 ? as_integer(json.items[2]) : std::optional<std::int64_t>(0);
  if (!key || key->empty() || !value || !end || (json.items.size() == 3 && *end <= 0)) {
    bad("its key, value or end makes no sense");
  }
  return {*key, *value, object::Expiry::at(*end)};
}

Build read_dict(Fields& fields) {
  DictLimits limits;
  limits.max_items = limit_in(fields, "max_items");
  limits.max_bytes = limit_in(fields, "max_bytes");
  std::vector<Row> rows;
  for (const auto& value : fields.list("items")) {
    rows.push_back(row_of(fields, value, rows.size() + 1));
  }
  return [=](const store::Store& store, std::string_view name, const object::Permissions& permissions) -> Result<void> {
    if (auto made = Dict::create(store, name, limits, permissions); !made) {
      return made;
    }
    auto dict = Dict::open(store, name, os::Access::write);
    if (!dict) {
      return std::unexpected(dict.error());
    }
    std::vector<Dict::Pair> pairs;
    pairs.reserve(rows.size());
    for (const auto& row : rows) {
      pairs.push_back({as_span(row.key), as_span(row.value), row.end});
    }
    return dict->set(pairs, 0);
  };
}
}  // namespace

const DocumentKind dict_document = {object::Kind::dict, write_dict, read_dict};

}  // namespace shm::verbs
