// What `run` says of its outcome to systemd's journal (--journal, SHMCTL_JOURNAL): one entry a call, written when all
// is over and the job is given back. Where there is no journal it does nothing. Single-threaded.
#pragma once
#include "guard/acquire.hpp"
#include "hot/journal_messages.hpp"

namespace shm::os {
class JournalEntry;
}

namespace shm::hot {

/// Of a call of `run`. What it points to outlives it.
struct RunWords {
  std::string_view job;
  char* const* command = nullptr;  ///< the command and its arguments, then null; null: none is known
};

class RunJournal {
 public:
  /// `complain`: what can't be written is told to it, if somebody has asked for an entry.
  using Complain = void (*)(const os::Error& error);
  RunJournal(const RunWords& words, Complain complain) noexcept : words_(words), complain_(complain) {}

  /// Which outcomes are for the journal: `option` is what --journal says; without it SHMCTL_JOURNAL counts. False:
  /// that is none of all, failures and none.
  bool choose(std::optional<std::string_view> option) noexcept;
  /// What was said, by either.
  [[nodiscard]] static std::string_view said(std::optional<std::string_view> option) noexcept;

  /// Whether it wants to know of such a refusal.
  [[nodiscard]] bool wants(guard::Why why) const noexcept;

  /// Where the job is, once that is known; it must last.
  void in_store(const store::Store& store) noexcept { store_ = &store; }

  // One of these, once. `line`: what would be said on stderr, or is said there anyhow. True: the entry has been
  // written, and stderr is the journal itself, so that saying it there would be saying it twice.
  bool ended(const guard::Hold& hold, const guard::Ended& ended, std::string_view line) const noexcept;
  bool refused(const guard::Busy& busy, int status, std::string_view line) const noexcept;
  bool settled(std::string_view outcome, int status) const noexcept;
  /// Beside one of these: an earlier run has ended, and nobody has said so.
  void lost(const guard::Snapshot& run) const noexcept;
  bool failed(const os::Error& error) const noexcept;

 private:
  [[nodiscard]] bool wants(const JournalMessage& message) const noexcept;
  [[nodiscard]] os::JournalEntry begin(const JournalMessage& message, std::string_view sentence) const noexcept;
  [[nodiscard]] os::JournalEntry begin(const JournalMessage& message, std::string_view sentence,
                                       int status) const noexcept;
  [[nodiscard]] bool write_ended(const JournalMessage& message, const guard::Hold& hold, const guard::Ended& ended,
                                 std::string_view line) const noexcept;
  [[nodiscard]] bool write_refused(const JournalMessage& message, const guard::Busy& busy, int status,
                                   std::string_view line) const noexcept;
  [[nodiscard]] bool send(const os::JournalEntry& entry) const noexcept;

  enum class Which : std::uint8_t { all, failures, none };

  RunWords words_;
  Complain complain_;
  Which which_ = Which::all;
  bool asked_ = false;  // somebody said so: then what can't be written is complained of
  const store::Store* store_ = nullptr;
};

}  // namespace shm::hot
