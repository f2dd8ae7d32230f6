#include "verbs/document.hpp"
#include <fmt/core.h>
#include "cli/base64.hpp"
#include "os/accounts.hpp"

namespace shm::verbs {

namespace {
using os::Code;
using os::Result;

// Whether a group has rights that are its own, and is not the store's for all objects.
bool has_group(const store::Store& store, const os::FileInfo& info) {
  return (info.mode & 0060U) != 0 && !store.shared();
}

/// Code::busy: its name has changed hands on the way.
Result<void> write_object(const store::Store& store, std::string_view name, object::Kind wanted, cli::Json& line) {
  const auto found = object::describe(store, name);
  if (!found) {
    return std::unexpected(found.error());
  }
  if (wanted != object::Kind::none && found->kind != wanted) {
    return std::unexpected(os::fail(Code::absent, "read", name, "it is of another kind"));
  }
  const auto* kind = document_kind(found->kind);
  if (kind == nullptr) {
    return std::unexpected(
        os::fail(Code::wrong_kind, "dump", name, "objects of this kind can't be written as a line", "copy it"));
  }
  line.add("shmctl", document_version).add("name", name).add("kind", object::kind_name(found->kind));
  line.add("mode", fmt::format("{:04o}", found->info.mode & 0777U));
  if (has_group(store, found->info)) {
    line.add("group", os::group_name(found->info.gid).view());
  }
  return kind->write(store, name, *found, line);
}
}  // namespace

const DocumentKind* document_kind(object::Kind kind) noexcept {
  for (const auto* each : {&counter_document, &value_document, &queue_document, &list_document, &array_document,
                           &dict_document, &block_document}) {
    if (each->kind == kind) {
      return each;
    }
  }
  return nullptr;
}

Result<std::string> document_line(const store::Store& store, std::string_view name, object::Kind wanted) {
  constexpr int tries = 20;
  for (int i = 0;; ++i) {
    cli::Json line;
    const auto written = write_object(store, name, wanted, line);
    if (written) {
      return line.text();
    }
    if (written.error().code != Code::busy || i == tries) {
      return std::unexpected(written.error());
    }
  }
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
