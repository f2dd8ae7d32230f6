#include "store/name.hpp"

namespace shm::store {

namespace {
bool in(char c, std::string_view set) noexcept { return set.find(c) != std::string_view::npos; }
bool first_letter(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}
}  // namespace

bool valid_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > max_name || !first_letter(name[0])) {
    return false;
  }
  for (const char c : name) {
    if (!first_letter(c) && !in(c, ".:@-")) {
      return false;
    }
  }
  return true;
}

os::Result<void> check_name(std::string_view name) noexcept {
  if (valid_name(name)) {
    return {};
  }
  return std::unexpected(os::fail(os::Code::usage, "use name", name, "not a valid name",
                                  "a name is 1 to 128 of A-Z a-z 0-9 _ . : @ - and starts with a letter, digit or _"));
}

os::FileName lock_name(std::string_view name, std::uint64_t id) noexcept {
  os::FileName file(name);
  file.add(",lock,").add_hex(id);
  return file;
}

}  // namespace shm::store
