#include "systemd/journal.hpp"
#include <fcntl.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
#include "os/file.hpp"

namespace shm::systemd {

namespace {
using os::Code;
using os::Result;

constexpr const char* attempt = "read";
constexpr std::string_view own_journal = "the machine's journal";
constexpr std::int64_t microsecond_ns = 1000;
constexpr const char* own_places[] = {"/var/log/journal/", "/run/log/journal/"};
constexpr const char* may_read = "root and members of the group systemd-journal may";

Result<void> done(int result) noexcept {
  if (result < 0) {
    return std::unexpected(result == -EBADMSG ? os::fail(Code::corrupt, attempt, own_journal, "a file of it is damaged",
                                                         "see 'journalctl --verify'")
                                              : os::fail_errno(-result, attempt, own_journal));
  }
  return {};
}

struct Look {
  const os::Fd& dir;
  bool found = false;   // journal files
  bool hidden = false;  // such as may not be read
};

bool look_at_file(void* context, std::string_view name) noexcept {
  Look& look = *static_cast<Look*>(context);
  if (name.ends_with(".journal")) {
    look.found = true;
    const auto opened = os::open_file_at(look.dir, name, O_RDONLY);
    look.hidden = look.hidden || (!opened && opened.error().code == Code::denied);
  }
  return true;
}

/// Which journal files are in there. sd_journal passes over those that may not be read, and does not say so.
void look_into(std::string_view path, bool& found, bool& hidden) noexcept {
  const auto dir = os::open_directory(path);
  if (!dir) {
    hidden = hidden || dir.error().code == Code::denied;
    return;
  }
  Look look{*dir};
  (void)os::list_directory(*dir, look_at_file, &look);
  found = found || look.found;
  hidden = hidden || look.hidden;
}

void look_at_machine(bool& found, bool& hidden) noexcept {
  sd_id128_t machine;
  char id[SD_ID128_STRING_MAX];
  if (sd_id128_get_machine(&machine) < 0) {
    return;
  }
  for (const char* place : own_places) {
    look_into(os::Path(place).add(sd_id128_to_string(machine, &id[0])).view(), found, hidden);
  }
}
}  // namespace

Result<JournalReader> JournalReader::open(std::optional<std::string_view> directory) noexcept {
  sd_journal* journal = nullptr;
  const int opened =
      directory ? sd_journal_open_directory(&journal, os::Path(*directory).c_str(), 0)
                : sd_journal_open_namespace(&journal, nullptr, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_ALL_NAMESPACES);
  const std::string_view which = directory.value_or(own_journal);
  if (opened < 0) {
    return std::unexpected(os::fail_errno(-opened, attempt, which));
  }
  bool found = false;
  bool hidden = false;
  if (directory) {
    look_into(*directory, found, hidden);
  } else {
    look_at_machine(found, hidden);
  }
  JournalReader reader(journal, hidden);
  std::uint64_t readable = 0;
  if (const auto asked = done(sd_journal_get_usage(journal, &readable)); !asked) {
    return std::unexpected(asked.error());
  }
  if (readable == 0) {
    return std::unexpected(hidden ? os::fail(Code::denied, attempt, which, "you may not", may_read)
                                  : os::fail(Code::absent, attempt, which,
                                             directory ? "there are no journal files" : "there is none",
                                             directory ? nullptr : "systemd-journald keeps one"));
  }
  return reader;
}

JournalReader::~JournalReader() {
  if (journal_ != nullptr) {
    sd_journal_close(journal_);
  }
}

Result<void> JournalReader::match(std::string_view name, std::string_view value) noexcept {
  return done(sd_journal_add_match(journal_, std::string(name).append("=").append(value).c_str(), 0));
}

Result<void> JournalReader::seek_start() noexcept { return done(sd_journal_seek_head(journal_)); }
Result<void> JournalReader::seek_end() noexcept { return done(sd_journal_seek_tail(journal_)); }
Result<void> JournalReader::seek_time(std::int64_t ns) noexcept {
  return done(sd_journal_seek_realtime_usec(journal_, static_cast<std::uint64_t>(ns / microsecond_ns)));
}

Result<bool> JournalReader::step(bool forward) noexcept {
  const int moved = forward ? sd_journal_next(journal_) : sd_journal_previous(journal_);
  if (const auto went = done(moved); !went) {
    return std::unexpected(went.error());
  }
  return moved > 0;
}

std::optional<std::string> JournalReader::field(const char* name) const {
  const void* data = nullptr;
  std::size_t size = 0;
  if (sd_journal_get_data(journal_, name, &data, &size) < 0) {
    return {};
  }
  const std::string_view whole(static_cast<const char*>(data), size);
  const auto equals = whole.find('=');
  return equals == std::string_view::npos ? std::optional<std::string>() : std::string(whole.substr(equals + 1));
}

std::int64_t JournalReader::when_ns() const noexcept {
  std::uint64_t usec = 0;
  return sd_journal_get_realtime_usec(journal_, &usec) < 0 ? 0 : static_cast<std::int64_t>(usec) * microsecond_ns;
}

std::string JournalReader::boot() const {
  std::uint64_t usec = 0;
  sd_id128_t id;
  char text[SD_ID128_STRING_MAX];
  return sd_journal_get_monotonic_usec(journal_, &usec, &id) < 0 ? "" : sd_id128_to_string(id, &text[0]);
}

Result<void> JournalReader::wait() noexcept { return done(sd_journal_wait(journal_, static_cast<std::uint64_t>(-1))); }

}  // namespace shm::systemd
