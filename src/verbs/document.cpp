#include "verbs/document.hpp"
#include <fmt/core.h>
#include "cli/base64.hpp"

namespace shm::verbs {

const DocumentKind* document_kind(object::Kind kind) noexcept {
  for (const auto* each : {&counter_document, &value_document, &queue_document, &list_document, &array_document,
                           &dict_document, &block_document}) {
    if (each->kind == kind) {
      return each;
    }
  }
  return nullptr;
}

void add_limit(cli::Json& line, std::string_view key, std::uint64_t limit) {
  if (limit == 0) {
    line.add_null(key);
  } else {
    line.add(key, limit);
  }
}

std::uint64_t limit_in(Fields& fields, std::string_view key) {
  const auto limit = fields.some_natural(key);
  if (limit && *limit == 0) {
    fields.refuse(key, "a limit is above 0, or null");
  }
  return limit.value_or(0);
}

std::string item_json_of(std::string_view bytes) {
  if (cli::is_utf8(bytes)) {
    const std::string whole = cli::Json().add("", bytes).text();  // {"":"text"}
    return whole.substr(4, whole.size() - 5);
  }
  return cli::Json().add("base64", cli::base64(bytes)).text();
}

std::string real_digits(std::string_view digits) {
  return std::string(digits) + (digits.find_first_of(".e") == std::string_view::npos ? ".0" : "");
}

os::Error no_number(std::string_view name) noexcept {
  return os::fail(os::Code::corrupt, "read", name, "it holds what is no finite number", "set it anew");
}

os::Error changed_hands(std::string_view name) noexcept {
  return os::fail(os::Code::busy, "read", name, "its name keeps changing hands", "try again");
}

}  // namespace shm::verbs
