#include "store/name.hpp"

namespace shm::store {

namespace {
bool in(char c, std::string_view set) noexcept { return set.find(c) != std::string_view::npos; }
bool first_letter(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

constexpr std::string_view lock_prefix = ",lock,";
constexpr std::string_view inbox_suffix = ",inbox";
constexpr std::string_view building_prefix = ",new,";  // os::create_unnamed() takes such a name too, where it needs one

// Sixteen hexadecimal digits, as add_hex() writes them; 0: it is something else.
std::uint64_t id_in(std::string_view digits) noexcept {
  constexpr std::string_view all = "0123456789abcdef";
  std::uint64_t id = 0;
  for (const char c : digits) {
    const auto digit = all.find(c);
    if (digit == std::string_view::npos) {
      return 0;
    }
    id = id << 4U | digit;
  }
  return digits.size() == 16 ? id : 0;
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

os::FileName lock_name(std::uint64_t id) noexcept { return os::FileName(lock_prefix).add_hex(id); }

std::uint64_t id_of_lock(std::string_view file) noexcept {
  return file.starts_with(lock_prefix) ? id_in(file.substr(lock_prefix.size())) : 0;
}

os::FileName building_name(std::uint64_t id) noexcept { return os::FileName(building_prefix).add_hex(id); }

bool is_building_name(std::string_view file) noexcept {
  return file.starts_with(building_prefix) && id_in(file.substr(building_prefix.size())) != 0;
}

namespace {
bool is_numbered(std::string_view file, std::string_view infix) noexcept {
  const auto at = file.find(infix);
  return at != std::string_view::npos && valid_name(file.substr(0, at)) &&
         file.substr(at + infix.size()).find_first_not_of("0123456789") == std::string_view::npos;
}
}  // namespace

bool is_socket_name(std::string_view file) noexcept { return is_numbered(file, socket_infix); }
bool is_notify_name(std::string_view file) noexcept { return is_numbered(file, notify_infix); }

os::FileName inbox_name(std::string_view job) noexcept { return os::FileName(job).add(inbox_suffix); }

bool is_inbox_name(std::string_view file) noexcept {
  return file.ends_with(inbox_suffix) && valid_name(file.substr(0, file.size() - inbox_suffix.size()));
}

}  // namespace shm::store
