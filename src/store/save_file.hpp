// A file that a store was saved to: lines, between a first line that says what it is and a last one that says how much
// it is and has a checksum of all before it:
//   {"shmctl-save":1,"saved_ns":1763734560123456789,MORE}
//   ...
//   {"shmctl-save-end":1,"lines":3,"bytes":417,"xxh3_128":"..."}
// FILE is the newest, FILE.1 the one before. A new one is written to FILE.new, which its writer has locked; when it is
// on the disk, FILE and FILE.new get each other's names in one step, and what is FILE.new then becomes FILE.1. So a
// power cut at any moment leaves a whole file at FILE: the last one that SaveWriter::finish() has said is saved, or the
// next. An inode that had a name is never written to. Whoever saves to FILE meanwhile waits. Any process; one thread.
#pragma once
#include <optional>
#include "os/buffer.hpp"
#include "os/checksum.hpp"
#include "os/file.hpp"

namespace shm::store {

/// A place to save to, with its directory open. Where root is asked to follow a link that somebody may have planted, or
/// a file is not of the user, of root or, for others than root, of the store's group, it is Code::untrusted.
class SavePlace {
 public:
  /// `path`: of FILE. `group`: that which shares the store, if one does. Code::absent: there is no such directory.
  static os::Result<SavePlace> open(std::string_view path, std::optional<std::uint32_t> group,
                                    std::uint32_t euid) noexcept;

  [[nodiscard]] std::string_view path() const noexcept { return path_.view(); }
  [[nodiscard]] const os::Fd& dir() const noexcept { return dir_; }
  [[nodiscard]] const os::FileName& name() const noexcept { return name_; }
  /// `name` with what is added for FILE.1 and FILE.new.
  [[nodiscard]] os::FileName name_with(std::string_view suffix) const noexcept {
    return os::FileName(name_).add(suffix);
  }
  /// Opens FILE, or what FILE is with `suffix`, for reading, and checks whose it is. Code::absent, untrusted, denied.
  os::Result<os::Fd> open_file(std::string_view suffix, os::FileInfo* info) const noexcept;

 private:
  friend class SaveWriter;
  [[nodiscard]] os::Result<void> check(const os::FileInfo& info, std::string_view path) const noexcept;
  os::Path path_;
  os::Fd dir_;
  os::FileName name_;
  std::uint32_t euid_ = 0;
  std::uint32_t mode_ = 0600;  // of a new file
  std::optional<std::uint32_t> group_;
};

inline constexpr std::string_view older_suffix = ".1";

/// Writes a new FILE. Until finish() the old one is there; what is dropped before leaves nothing.
class SaveWriter {
 public:
  enum class Old : std::uint8_t {
    checked,   ///< refuse to replace a FILE that was not saved by this: Code::exists
    replaced,  ///< whatever it is
  };
  /// `more`: members of the first line, as JSON, each with a comma before it. Code::timed_out: somebody else has been
  /// saving to it for long; untrusted, denied, full.
  static os::Result<SaveWriter> begin(const SavePlace& place, Old old, std::string_view more) noexcept;
  SaveWriter(SaveWriter&& other) noexcept;
  SaveWriter& operator=(SaveWriter&&) = delete;
  SaveWriter(const SaveWriter&) = delete;
  SaveWriter& operator=(const SaveWriter&) = delete;
  ~SaveWriter();

  /// Gives what is FILE now a second name, which no save touches. Nothing where there is no FILE.
  os::Result<void> keep_old_as(std::string_view suffix) noexcept;
  /// A line, without its newline.
  os::Result<void> add(std::string_view line) noexcept;
  /// How many were added.
  [[nodiscard]] std::uint64_t lines() const noexcept { return lines_; }
  /// FILE is the new one now, whatever happens to the machine; the old one is FILE.1. Once.
  os::Result<void> finish() noexcept;

 private:
  explicit SaveWriter(const SavePlace& place) noexcept : place_(&place) {}
  os::Result<void> lock_new() noexcept;
  os::Result<void> look_at_old(Old old) noexcept;
  void keep_readers(const os::FileInfo& old) noexcept;
  os::Result<void> write(std::string_view text) noexcept;
  os::Result<void> flush() noexcept;
  os::Result<void> replace() noexcept;
  [[nodiscard]] os::Error failed(const os::Error& error) const noexcept;

  const SavePlace* place_;  // null: there is nothing to drop
  os::Fd file_;             // FILE.new
  os::Fd old_;              // FILE, if there is one
  os::Buffer pending_;
  os::Checksum checksum_;
  std::uint64_t size_ = 0;  // with what is pending
  std::uint64_t lines_ = 0;
};

/// A whole file, as its first and last line and the checksum say. It stays open, and no later save changes it.
class SaveFile {
 public:
  /// Code::absent; Code::corrupt, with why; denied, untrusted.
  static os::Result<SaveFile> open(const SavePlace& place, std::string_view suffix) noexcept;

  [[nodiscard]] std::int64_t saved_ns() const noexcept { return saved_ns_; }  ///< since 1970, UTC
  /// Calls `visit(context, line, number)` for each line between the first and the last until it returns false.
  /// Code::corrupt: somebody has written into the file since open().
  os::Result<void> each_line(bool (*visit)(void* context, std::string_view line, std::uint64_t number),
                             void* context) const noexcept;

 private:
  os::Result<void> check() noexcept;
  os::Path path_;
  os::Fd file_;
  std::uint64_t size_ = 0;  // of what the checksum is of
  std::int64_t saved_ns_ = 0;
  os::Text<33> digits_;
};

}  // namespace shm::store
