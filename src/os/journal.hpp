// An entry for systemd's journal, by its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL), which is documented and
// stable: one datagram of fields, or, where that is too large, a sealed file in memory. What libsystemd would send is
// the same (tests/systemd/journal_test.cpp), but loading it costs more than the whole of a short run.
// One thread. Nothing here waits for more than a moment, and no memory is an answer.
#pragma once
#include "os/buffer.hpp"
#include "os/error.hpp"
#include "os/standard_streams.hpp"

namespace shm::os {

inline constexpr const char* journal_socket = "/run/systemd/journal/socket";

/// When send() returns. The journal finds out of which unit an entry is by looking at the process that has sent it, and
/// knows nothing of one that has ended by then.
enum class Until : std::uint8_t {
  sent,
  looked_at,  ///< or a second has passed
};

/// Whether this machine has one.
bool has_journal() noexcept;

class JournalEntry {
 public:
  /// `name`: capitals, digits and underscores, beginning with a capital. `value`: any bytes, newlines too.
  JournalEntry& add(std::string_view name, std::string_view value) noexcept;
  JournalEntry& add(std::string_view name, std::int64_t number) noexcept;
  JournalEntry& add(std::string_view name, std::uint64_t number) noexcept;

  /// Hands the entry to the journal; to another socket only in tests. Code::absent: this machine has no journal.
  /// Code::timed_out: it did not take the entry within a second. Code::denied, full.
  [[nodiscard]] Result<void> send(Until until = Until::sent, const char* socket_path = journal_socket) const noexcept;

 private:
  Buffer bytes_;
  bool cut_ = false;  // there was no memory for all of it
};

/// Whether what is written to `stream` goes into the journal: `journal_stream` is what JOURNAL_STREAM says,
/// "DEVICE:INODE" of a stream that the service manager has connected so, or empty. A stream that was redirected since
/// is another file.
bool goes_to_journal(Stream stream, std::string_view journal_stream) noexcept;

}  // namespace shm::os
