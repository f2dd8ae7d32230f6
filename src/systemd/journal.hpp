// systemd's journal, read by sd_journal: entries that fit all conditions, in the order of time, from a position on. One
// thread. What is in an entry anybody may have written, but for fields whose names begin with an underscore, which the
// journal itself has put there.
#pragma once
#include <optional>
#include <string>
#include "os/error.hpp"
#include "os/process.hpp"

struct sd_journal;

namespace shm::systemd {

class JournalReader {
 public:
  /// This machine's journal, with those that services have to themselves (LogNamespace=), as far as this process may
  /// read them; the one in a directory with journal files, if that is said. Code::absent: there is none. Code::denied:
  /// nothing of it may be read.
  static os::Result<JournalReader> open(std::optional<std::string_view> directory) noexcept;

  JournalReader(JournalReader&& other) noexcept
      : journal_(std::exchange(other.journal_, nullptr)), hidden_(other.hidden_) {}
  JournalReader& operator=(JournalReader&&) = delete;
  JournalReader(const JournalReader&) = delete;
  JournalReader& operator=(const JournalReader&) = delete;
  ~JournalReader();

  /// Whether there are entries that this process may not read.
  [[nodiscard]] bool hidden() const noexcept { return hidden_; }

  /// Only entries with that field; of one name, any of the values will do.
  os::Result<void> match(std::string_view name, std::string_view value) noexcept;

  // Where next() goes from, once one of these was called.
  os::Result<void> seek_start() noexcept;
  os::Result<void> seek_end() noexcept;
  os::Result<void> seek_time(std::int64_t ns) noexcept;  ///< 1970, UTC
  // To the next entry, or back to the one before. False: there is none, and the position is as it was.
  os::Result<bool> next() noexcept { return step(true); }
  os::Result<bool> previous() noexcept { return step(false); }

  // Of the entry that next() or previous() went to.
  [[nodiscard]] std::optional<std::string> field(const char* name) const;
  [[nodiscard]] std::int64_t when_ns() const noexcept;  ///< when it was received; 1970, UTC
  [[nodiscard]] std::string boot() const;               ///< the id of the boot, as 32 digits

  /// Sleeps until there may be more entries. A signal ends it as it ends the program.
  os::Result<void> wait() noexcept;

 private:
  JournalReader(sd_journal* journal, bool hidden) noexcept : journal_(journal), hidden_(hidden) {}
  os::Result<bool> step(bool forward) noexcept;

  sd_journal* journal_;
  bool hidden_;
};

}  // namespace shm::systemd
