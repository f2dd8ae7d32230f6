#include <fcntl.h>
#include "os/clock.hpp"
#include "os/flock.hpp"
#include "os/signals.hpp"
#include "store/save_file.hpp"

namespace shm::store {

namespace {
using os::Code;
using os::fail;
using os::Result;

constexpr std::size_t piece = 256U << 10U;
constexpr std::int64_t patience_ns = 60'000'000'000;  // another save may be a large one
constexpr std::string_view new_suffix = ".new";
constexpr std::string_view first_words = R"({"shmctl-save":)";
constexpr const char* save_to = "save to";

/// While one lives, a file that grows beyond the limit (ulimit -f) is an error, and does not end the program.
class NoLimitSignal {
 public:
  NoLimitSignal() noexcept : before_(os::block_signals(os::SignalSet(SIGXFSZ))) {}
  NoLimitSignal(const NoLimitSignal&) = delete;
  NoLimitSignal& operator=(const NoLimitSignal&) = delete;
  ~NoLimitSignal() {
    while (!before_.has(SIGXFSZ) && os::next_signal(os::SignalSet(SIGXFSZ), 0).signal != 0) {
    }
    os::set_signal_mask(before_);
  }

 private:
  os::SignalSet before_;
};

Result<bool> is_empty_or_ours(const os::Fd& file, std::uint64_t size) noexcept {
  char begins[first_words.size()];
  const auto got = os::read_at(file, std::as_writable_bytes(std::span(begins)), 0);
  if (!got) {
    return std::unexpected(got.error());
  }
  return size == 0 || std::string_view(begins, *got) == first_words;
}
}  // namespace

SaveWriter::SaveWriter(SaveWriter&& other) noexcept
    : place_(std::exchange(other.place_, nullptr)),
      file_(std::move(other.file_)),
      old_(std::move(other.old_)),
      pending_(std::move(other.pending_)),
      checksum_(other.checksum_),
      size_(other.size_),
      lines_(other.lines_) {}

SaveWriter::~SaveWriter() {
  if (place_ != nullptr && file_) {
    (void)os::remove_file_at(place_->dir(), place_->name_with(new_suffix).view());
  }
}

os::Error SaveWriter::failed(const os::Error& error) const noexcept {
  return error.sys_errno == 0
             ? error
             : os::fail_errno(error.sys_errno, save_to, place_->path(), "what was there is left as it was");
}

// FILE.new with its lock, as a new file. It has the lock before it has the name, so that who finds one of that name,
// and gets its lock, knows that its writer is dead or done.
Result<void> SaveWriter::lock_new() noexcept {
  const std::int64_t until = os::monotonic_ns() + patience_ns;
  const os::FileName name = place_->name_with(new_suffix);
  for (;;) {
    auto fresh = os::create_unnamed(place_->dir(), place_->mode_);
    if (!fresh) {
      return std::unexpected(failed(fresh.error()));
    }
    if (auto locked = os::try_flock(fresh->file, os::Sharing::exclusive); !locked) {
      return std::unexpected(locked.error());
    }
    if (auto named = os::publish(*fresh, place_->dir(), name.view()); named) {
      file_ = std::move(fresh->file);
      return {};
    } else if (named.error().code != Code::exists) {
      return std::unexpected(failed(named.error()));
    }
    os::FileInfo info;
    const auto other = place_->open_file(new_suffix, &info);
    if (!other) {
      if (other.error().code == Code::absent) {
        continue;
      }
      return std::unexpected(other.error());
    }
    const auto locked = os::wait_flock(*other, os::Sharing::exclusive, until);
    if (!locked || !*locked) {
      return std::unexpected(locked ? fail(Code::timed_out, save_to, place_->path(), "somebody else is saving to it",
                                           "see who has it open, by fuser(1)")
                                    : locked.error());
    }
    const auto now = os::info_at(place_->dir(), name.view());
    if (!now || !now->same_file(info)) {
      continue;
    }
    // Left by a killed writer. It may be the old FILE: what has its name now must be on the disk before it goes.
    auto done = os::sync(place_->dir());
    if (done) {
      done = os::remove_file_at(place_->dir(), name.view());
    }
    if (!done && done.error().code != Code::absent) {
      return std::unexpected(failed(done.error()));
    }
  }
}

Result<void> SaveWriter::look_at_old(Old old) noexcept {
  const std::int64_t until = os::monotonic_ns() + patience_ns;
  for (const std::string_view suffix : {older_suffix, std::string_view()}) {
    os::FileInfo info;
    auto file = place_->open_file(suffix, &info);
    if (!file) {
      if (file.error().code == Code::absent) {
        continue;
      }
      return std::unexpected(file.error());
    }
    const auto ours = is_empty_or_ours(*file, info.size);
    if (old == Old::checked && !ours) {
      return std::unexpected(failed(ours.error()));
    }
    if (old == Old::checked && !*ours) {
      return std::unexpected(fail(Code::exists, save_to, os::Path(place_->path()).add(suffix).view(),
                                  "there is a file that save has not written",
                                  "say another FILE, or remove it, or --force"));
    }
    if (!suffix.empty()) {
      continue;
    }
    // It is going to be FILE.new for a moment, and nobody shall take it for one that was left behind.
    const auto locked = os::wait_flock(*file, os::Sharing::exclusive, until);
    if (!locked || !*locked) {
      return std::unexpected(locked ? fail(Code::timed_out, save_to, place_->path(), "somebody else has it locked",
                                           "see who has it open, by fuser(1)")
                                    : locked.error());
    }
    old_ = std::move(*file);
    if (info.uid == place_->euid_) {
      keep_readers(info);
    }
  }
  return {};
}

// Who could read the old one shall be able to read this one. Not a needless call: those that confine a service may well
// take a change of group for an attack.
void SaveWriter::keep_readers(const os::FileInfo& old) noexcept {
  if (const auto fresh = os::info(file_); fresh && fresh->gid != old.gid) {
    (void)os::set_group(file_, old.gid);
  }
  if ((old.mode & 0755U) != place_->mode_) {
    (void)os::set_mode(file_, old.mode & 0755U);
  }
}

Result<SaveWriter> SaveWriter::begin(const SavePlace& place, Old old, std::string_view more) noexcept {
  SaveWriter writer(place);
  if (!writer.pending_.reserve(2 * piece)) {
    return std::unexpected(os::fail_errno(ENOMEM, save_to, place.path()));
  }
  if (auto done = writer.lock_new(); !done) {
    return std::unexpected(done.error());
  }
  if (place.group_) {
    (void)os::set_group(writer.file_, *place.group_);  // who may not is not of the group
  }
  if (auto done = writer.look_at_old(old); !done) {
    return std::unexpected(done.error());
  }
  os::Text<64> first;
  first.add(first_words).add("1,\"saved_ns\":").add_decimal(static_cast<std::uint64_t>(os::realtime_ns()));
  for (const std::string_view part : {first.view(), more, std::string_view("}\n")}) {
    if (auto done = writer.write(part); !done) {
      return std::unexpected(done.error());
    }
  }
  return writer;
}

Result<void> SaveWriter::keep_old_as(std::string_view suffix) noexcept {
  if (!old_) {
    return {};
  }
  auto kept = os::link_at(place_->dir(), place_->name().view(), place_->name_with(suffix).view());
  if (!kept && kept.error().code != Code::exists) {
    return std::unexpected(failed(kept.error()));
  }
  return {};
}

Result<void> SaveWriter::add(std::string_view line) noexcept {
  ++lines_;
  auto done = write(line);
  return done ? write("\n") : done;
}

Result<void> SaveWriter::write(std::string_view text) noexcept {
  if (!pending_.add(text)) {
    return std::unexpected(os::fail_errno(ENOMEM, save_to, place_->path()));
  }
  checksum_.add(text);
  return pending_.size() < piece ? Result<void>() : flush();
}

Result<void> SaveWriter::flush() noexcept {
  const NoLimitSignal quiet;
  if (auto done = os::write_at(file_, pending_.bytes(), size_); !done) {
    return std::unexpected(failed(done.error()));
  }
  size_ += pending_.size();
  pending_.clear();
  return {};
}

// FILE.new is whole and on the disk.
Result<void> SaveWriter::replace() noexcept {
  const os::Fd& dir = place_->dir();
  const os::FileName name = place_->name();
  const os::FileName fresh = place_->name_with(new_suffix);
  const os::FileName older = place_->name_with(older_suffix);
  bool exchanged = false;
  if (old_) {
    auto done = os::exchange_at(dir, fresh.view(), name.view());
    if (!done) {
      return std::unexpected(failed(done.error()));
    }
    exchanged = *done;
  }
  if (old_ && !exchanged) {  // a file system that can't: for a moment there is FILE.1 alone
    if (auto done = os::rename_at(dir, name.view(), older.view(), os::Taken::replace); !done) {
      return std::unexpected(failed(done.error()));
    }
  }
  if (!exchanged) {
    if (auto done = os::rename_at(dir, fresh.view(), name.view(), os::Taken::replace); !done) {
      return std::unexpected(failed(done.error()));
    }
  }
  place_ = nullptr;  // FILE.new is no longer ours to remove
  if (auto done = os::sync(dir); !done) {
    return done;
  }
  if (!exchanged) {
    return {};
  }
  auto done = os::rename_at(dir, fresh.view(), older.view(), os::Taken::replace);
  return done ? os::sync(dir) : done;
}

Result<void> SaveWriter::finish() noexcept {
  const SavePlace& place = *place_;
  if (auto done = flush(); !done) {
    return done;
  }
  os::Text<256> last;
  last.add(R"({"shmctl-save-end":1,"lines":)").add_decimal(lines_).add(R"(,"bytes":)").add_decimal(size_);
  last.add(R"(,"xxh3_128":")").add(checksum_.digits().view()).add("\"}\n");
  auto done = pending_.add(last.view()) ? flush() : std::unexpected(os::fail_errno(ENOMEM, save_to, place.path()));
  if (done) {
    done = os::sync(file_);
  }
  if (done) {
    done = replace();
  }
  return done || done.error().sys_errno == 0
             ? done
             : std::unexpected(os::fail_errno(done.error().sys_errno, save_to, place.path()));
}

}  // namespace shm::store
