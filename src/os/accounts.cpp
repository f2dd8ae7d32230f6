#include "os/accounts.hpp"
#include <fcntl.h>
#include <charconv>
#include "os/getent.hpp"

namespace shm::os {

namespace {
constexpr std::uint32_t no_id = 0xffffffff;  // what chown takes for "leave it"
constexpr int id_field = 2;                  // NAME:PASSWORD:ID:...
constexpr int home_field = 5;

std::string_view field(std::string_view line, int index) noexcept {
  for (; index > 0; --index) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      return {};
    }
    line.remove_prefix(colon + 1);
  }
  return line.substr(0, line.find(':'));
}

// Calls `take` with each line that `source` gives until it returns true. Lines are cut at 4 KiB: a group's members
// may be many, its name and id stand in front.
template <class Take>
bool each_line(const Fd& source, Take take) noexcept {
  Text<4096> line;
  char buffer[4096];
  for (;;) {
    const long got = sys::retry(SYS_read, source.get(), &buffer[0], sizeof buffer);
    if (got <= 0) {
      return !line.empty() && take(line.view());
    }
    for (long i = 0; i < got; ++i) {
      if (buffer[i] != '\n') {
        line.add({&buffer[i], 1});
        continue;
      }
      if (take(line.view())) {
        return true;
      }
      line.clear();
    }
  }
}

template <class Take>
bool look_up(const char* database, const char* file, const char* key, Take take) noexcept {
  const long opened = sys::retry(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0);
  if (opened >= 0 && each_line(Fd(static_cast<int>(opened)), take)) {
    return true;
  }
  const Getent getent(database, key);
  return getent.output() && each_line(*getent.output(), take);
}

bool parse(std::string_view digits, std::uint32_t& id) noexcept {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  return error == std::errc() && end == digits.data() + digits.size() && !digits.empty();
}

/// Calls `take(line)` with the entry that has that id; false: there is none.
template <class Take>
bool find_id(const char* database, const char* file, const FileName& id, Take take) noexcept {
  return look_up(database, file, id.c_str(), [&](std::string_view line) {
    if (field(line, id_field) != id.view()) {
      return false;
    }
    take(line);
    return true;
  });
}

FileName name_of(const char* database, const char* file, std::uint32_t id) noexcept {
  const FileName number = FileName().add_decimal(id);
  FileName name;
  return find_id(database, file, number, [&](std::string_view line) { name.add(field(line, 0)); }) ? name : number;
}
}  // namespace

std::uint32_t effective_uid() noexcept { return static_cast<std::uint32_t>(sys::call(SYS_geteuid)); }

Result<std::uint32_t> group_id(std::string_view group) noexcept {
  std::uint32_t id = 0;
  if (parse(group, id) && id != no_id) {
    return id;
  }
  const FileName key(group);
  const bool found = look_up("group", "/etc/group", key.c_str(), [&](std::string_view line) {
    return field(line, 0) == group && parse(field(line, id_field), id);
  });
  if (!found) {
    return std::unexpected(fail(Code::absent, "find group", group, "no such group", "see 'getent group'"));
  }
  return id;
}

FileName group_name(std::uint32_t gid) noexcept { return name_of("group", "/etc/group", gid); }
FileName user_name(std::uint32_t uid) noexcept { return name_of("passwd", "/etc/passwd", uid); }

Result<Path> home_of(std::uint32_t uid) noexcept {
  const FileName number = FileName().add_decimal(uid);
  Path home;
  const bool found = find_id("passwd", "/etc/passwd", number, [&](std::string_view line) {
    home.clear();
    home.add(field(line, home_field));
  });
  if (!found || !home.view().starts_with('/') || home.cut()) {
    return std::unexpected(
        fail(Code::absent, "find the home of user", number.view(), "the accounts know none", "see 'getent passwd'"));
  }
  return home;
}

}  // namespace shm::os
