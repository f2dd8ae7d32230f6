#include "os/zone.hpp"
#include <fcntl.h>
#include <cstdlib>
#include "os/fd.hpp"
#include "os/text.hpp"

namespace shm::os {

namespace {
constexpr std::string_view zones = "/usr/share/zoneinfo/";
constexpr const char* machine_zone = "/etc/localtime";
constexpr std::int64_t seconds_a_day = 86400;

// Numbers as the file has them: the high byte first.
class Bytes {
 public:
  explicit Bytes(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] std::uint64_t number(std::size_t at, std::size_t size) const noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value = (value << 8U) | (at + i < bytes_.size() ? std::to_integer<std::uint64_t>(bytes_[at + i]) : 0U);
    }
    return value;
  }
  [[nodiscard]] std::string_view text(std::size_t from) const noexcept {
    const auto* const all = reinterpret_cast<const char*>(bytes_.data());
    return from < bytes_.size() ? std::string_view(all + from, bytes_.size() - from) : std::string_view();
  }

 private:
  std::span<const std::byte> bytes_;
};

constexpr std::size_t head_size = 44;
constexpr std::size_t counts_at = 20;  // six numbers of four bytes
constexpr std::size_t type_size = 6;   // of a local time: its offset, whether it is summer's, its name

struct Part {
  std::size_t begin = 0;
  std::size_t time_size = 0;  // bytes of a moment: 4 in a file's first part, 8 in its second
  std::size_t utc_marks = 0;
  std::size_t standard_marks = 0;
  std::size_t leap_seconds = 0;
  std::size_t times = 0;
  std::size_t types = 0;
  std::size_t name_bytes = 0;

  [[nodiscard]] std::size_t types_at() const noexcept { return begin + times * (time_size + 1); }
  [[nodiscard]] std::size_t end() const noexcept {
    return types_at() + types * type_size + name_bytes + leap_seconds * (time_size + 4) + standard_marks + utc_marks;
  }
};

Part read_part(const Bytes& file, std::size_t at, std::size_t time_size) noexcept {
  const auto count = [&](std::size_t which) {
    return static_cast<std::size_t>(file.number(at + counts_at + 4 * which, 4));
  };
  return {at + head_size, time_size, count(0), count(1), count(2), count(3), count(4), count(5)};
}

bool is_part(const Bytes& file, std::size_t at) noexcept { return file.text(at).starts_with("TZif"); }

// How many of the part's moments are not after `seconds`.
std::size_t moments_before(const Bytes& file, const Part& part, std::int64_t seconds) noexcept {
  std::size_t low = 0;
  std::size_t high = part.times;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    const std::uint64_t bits = file.number(part.begin + middle * part.time_size, part.time_size);
    const std::int64_t moment = part.time_size == 4 ? static_cast<std::int32_t>(static_cast<std::uint32_t>(bits))
                                                    : static_cast<std::int64_t>(bits);
    if (moment <= seconds) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::int64_t offset_of_type(const Bytes& file, const Part& part, std::size_t type) noexcept {
  const auto bits = static_cast<std::uint32_t>(file.number(part.types_at() + type * type_size, 4));
  return type < part.types ? static_cast<std::int32_t>(bits) : 0;
}

// Room for a whole zone's file: the largest has less than 4 KB.
using Room = std::byte[5120];

std::span<const std::byte> read_whole(const char* path, Room& room) noexcept {
  const long opened = sys::retry(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
  if (opened < 0) {
    return {};
  }
  const Fd file(static_cast<int>(opened));
  const long got = sys::retry(SYS_read, file.get(), &room[0], sizeof room);
  return {&room[0], got > 0 ? static_cast<std::size_t>(got) : 0};
}
}  // namespace

DateTime date_time_of(std::int64_t seconds) noexcept {
  const std::int64_t rest = (seconds % seconds_a_day + seconds_a_day) % seconds_a_day;
  // Days since the first of March of the year 0, in eras of 400 years.
  const std::int64_t days = (seconds - rest) / seconds_a_day + 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month = (5 * day_of_year + 2) / 153;  // 0: March
  DateTime moment;
  moment.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  moment.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  moment.year = year_of_era + era * 400 + (moment.month <= 2 ? 1 : 0);
  moment.hour = static_cast<int>(rest / 3600);
  moment.minute = static_cast<int>(rest / 60 % 60);
  moment.second = static_cast<int>(rest % 60);
  return moment;
}

std::int64_t offset_by_file(std::span<const std::byte> content, std::int64_t seconds) noexcept {
  const Bytes file(content);
  if (!is_part(file, 0)) {
    return 0;
  }
  Part part = read_part(file, 0, 4);
  std::string_view rule;
  if (is_part(file, part.end())) {  // a second part has all of it again, in more bits, and a rule for later
    part = read_part(file, part.end(), 8);
    rule = file.text(part.end());
    rule.remove_prefix(rule.empty() ? 0 : 1);
    rule = rule.substr(0, rule.find('\n'));
  }
  if (part.end() > file.size() || part.types == 0) {
    return 0;
  }
  const std::size_t before = moments_before(file, part, seconds);
  if (before == part.times && !rule.empty()) {
    return offset_by_rule(rule, seconds);
  }
  const std::size_t types_of_times = part.begin + part.times * part.time_size;
  const std::size_t type = before == 0 ? 0 : static_cast<std::size_t>(file.number(types_of_times + before - 1, 1));
  return offset_of_type(file, part, type);
}

std::int64_t local_offset(std::int64_t seconds) noexcept {
  Room room;
  const char* const said = std::getenv("TZ");
  if (said == nullptr) {
    return offset_by_file(read_whole(machine_zone, room), seconds);
  }
  std::string_view zone(said);
  zone.remove_prefix(zone.starts_with(':') ? 1 : 0);
  if (zone.empty()) {
    return 0;
  }
  const auto file = read_whole((zone[0] == '/' ? Path(zone) : Path(zones).add(zone)).c_str(), room);
  return !file.empty() ? offset_by_file(file, seconds) : offset_by_rule(zone, seconds);
}

}  // namespace shm::os
