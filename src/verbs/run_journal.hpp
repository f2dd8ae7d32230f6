// What `run` says of its outcome to systemd's journal (--journal, SHMCTL_JOURNAL): one entry a call, written when all
// is over and the job is given back. Where there is no journal it does nothing. Single-threaded.
#pragma once
#include <string>
#include "cli/call.hpp"
#include "guard/acquire.hpp"
#include "verbs/journal_messages.hpp"

namespace shm::os {
class JournalEntry;
}

namespace shm::verbs {

class RunJournal {
 public:
  /// Throws Usage.
  explicit RunJournal(const cli::Call& call);

  /// Where the job is, once that is known; it must last.
  void in_store(const store::Store& store) noexcept { store_ = &store; }

  // One of these, once. `line`: what would be said on stderr, or is said there anyhow. True: the entry has been
  // written, and stderr is the journal itself, so that saying it there would be saying it twice.
  bool ended(const guard::Hold& hold, const guard::Ended& ended, std::string_view line) const;
  bool refused(const guard::Busy& busy, int status, std::string_view line) const;
  bool settled(std::string_view outcome, int status) const;
  /// Beside one of these: an earlier run has ended, and nobody has said so.
  void lost(const guard::Snapshot& run) const;
  bool failed(const os::Error& error) const;

 private:
  [[nodiscard]] bool wants(const JournalMessage& message) const noexcept;
  [[nodiscard]] os::JournalEntry begin(const JournalMessage& message, std::string_view sentence) const;
  [[nodiscard]] os::JournalEntry begin(const JournalMessage& message, std::string_view sentence, int status) const;
  [[nodiscard]] bool send(const os::JournalEntry& entry) const;

  enum class Which : std::uint8_t { all, failures, none };

  const cli::Call& call_;
  Which which_ = Which::all;
  bool asked_ = false;  // somebody said so: then what can't be written is complained of
  const store::Store* store_ = nullptr;
};

}  // namespace shm::verbs
