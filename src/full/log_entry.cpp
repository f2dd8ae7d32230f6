#include "full/log_entry.hpp"
#include <fmt/core.h>
#include <charconv>
#include "cli/duration.hpp"
#include "cli/printable.hpp"
#include "os/accounts.hpp"
#include "verbs/job_json.hpp"

namespace shm::full {

namespace {
constexpr std::int64_t microsecond_ns = 1000;
constexpr int clock_digits = 6;

std::optional<std::int64_t> number_in(const systemd::JournalReader& entry, const char* field) {
  const auto text = entry.field(field);
  std::int64_t number = 0;
  if (!text || text->empty()) {
    return {};
  }
  const char* const end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

enum class As : std::uint8_t { text, number, seconds };
struct Field {
  const char* key;
  const char* name;
  As as;
};

// In the order in which they are printed; what an entry does not have is left out.
constexpr Field fields[] = {
    {"job", "SHMCTL_JOB", As::text},
    {"outcome", "SHMCTL_OUTCOME", As::text},
    {"status", "EXIT_STATUS", As::number},
    {"signal", "SHMCTL_SIGNAL", As::text},
    {"why", "SHMCTL_WHY", As::text},
    {"message", "MESSAGE", As::text},
    {"priority", "PRIORITY", As::number},
    {"start", "SHMCTL_START_USEC", As::seconds},
    {"duration", "SHMCTL_DURATION_USEC", As::seconds},
    {"cpu_time", "SHMCTL_CPU_USEC", As::seconds},
    {"most_memory_kib", "SHMCTL_MEMORY_KIB", As::number},
    {"tries", "SHMCTL_TRIES", As::number},
    {"failures_in_a_row", "SHMCTL_FAILURES", As::number},
    {"skips_in_a_row", "SHMCTL_SKIPS", As::number},
    {"errno", "ERRNO", As::number},
    {"token", "SHMCTL_TOKEN", As::number},
    {"slot", "SHMCTL_SLOT", As::number},
    {"trigger", "SHMCTL_TRIGGER", As::text},
    {"command", "SHMCTL_COMMAND", As::text},
    {"holder_pid", "SHMCTL_HOLDER_PID", As::number},
    {"holder_command", "SHMCTL_HOLDER_COMMAND", As::text},
    {"holder_token", "SHMCTL_HOLDER_TOKEN", As::number},
    {"holder_start", "SHMCTL_HOLDER_START_USEC", As::seconds},
    {"store", "SHMCTL_STORE", As::text},
    {"pid", "_PID", As::number},
    {"uid", "_UID", As::number},
    {"unit", "_SYSTEMD_UNIT", As::text},
    {"user_unit", "_SYSTEMD_USER_UNIT", As::text},
    {"message_id", "MESSAGE_ID", As::text},
};
}  // namespace

std::string line_of(const systemd::JournalReader& entry, std::uint32_t own_uid) {
  std::string line = fmt::format("{}  {}", cli::format_time(entry.when_ns()),
                                 cli::printable(entry.field("MESSAGE").value_or("(no message)")));
  if (const auto uid = number_in(entry, "_UID"); uid && *uid != own_uid) {
    line += fmt::format(" [{}]", os::user_name(static_cast<std::uint32_t>(*uid)).view());
  }
  return line;
}

cli::Json json_of(const systemd::JournalReader& entry) {
  cli::Json json;
  verbs::add_seconds(json, "when", entry.when_ns(), clock_digits);
  for (const Field& field : fields) {
    if (field.as == As::text) {
      if (const auto text = entry.field(field.name)) {
        json.add(field.key, *text);
      }
    } else if (const auto number = number_in(entry, field.name)) {
      if (field.as == As::number) {
        json.add(field.key, *number);
      } else if (*number >= 0 && *number <= INT64_MAX / microsecond_ns) {
        verbs::add_seconds(json, field.key, *number * microsecond_ns, clock_digits);
      }
    }
  }
  return json.add("boot", entry.boot());
}

}  // namespace shm::full
