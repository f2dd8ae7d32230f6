#include "guard/spool.hpp"
#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/uio.h>
#include "os/error.hpp"
#include "os/text.hpp"

namespace shm::guard {

namespace {
using os::Result;

constexpr std::uint64_t marks_in_all = 64;  // of the bytes that are kept, at least this part goes at once

os::Fd make_in(const char* directory) noexcept {
  constexpr int flags = O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC;  // O_EXCL: it never gets a name
  const long made = os::sys::retry(SYS_openat, AT_FDCWD, directory, flags, 0600);
  return made >= 0 ? os::Fd(static_cast<int>(made)) : os::Fd();
}

// Where the disk is rather than the memory: output may be much.
os::Fd make_file(const char* directory) noexcept {
  for (const char* const place : {directory, "/var/tmp", "/tmp"}) {
    if (place != nullptr && place[0] != '\0') {
      if (os::Fd file = make_in(place)) {
        return file;
      }
    }
  }
  const long made = os::sys::call(SYS_memfd_create, "shmctl-output", MFD_CLOEXEC);
  return made >= 0 ? os::Fd(static_cast<int>(made)) : os::Fd();
}
}  // namespace

Result<void> Spool::make() noexcept {
  os::Fd file = make_file(directory_);
  if (!file) {
    return std::unexpected(os::fail(os::Code::full, "keep", "the command's output",
                                    "no file can be made in TMPDIR, /var/tmp or /tmp",
                                    "make room, or raise the limit of descriptors"));
  }
  // Who looks at the output must not be able to change it.
  os::FileName own("/proc/self/fd/");
  own.add_decimal(static_cast<unsigned>(file.get()));
  const long reading = os::sys::retry(SYS_openat, AT_FDCWD, own.c_str(), O_RDONLY | O_CLOEXEC);
  if (reading < 0) {
    return std::unexpected(os::fail_errno(-reading, "keep", "the command's output", "is /proc mounted?"));
  }
  file_ = std::move(file);
  reading_ = os::Fd(static_cast<int>(reading));
  return {};
}

Result<void> Spool::open() noexcept {
  if (!file_) {
    if (auto done = make(); !done) {
      return done;
    }
  }
  return size_ == 0 ? write_frame(pack_frame(FrameKind::gone, 0), {}) : Result<void>();
}

Result<void> Spool::add(os::Stream stream, std::span<const std::byte> bytes) noexcept {
  if (auto done = open(); !done) {
    return done;
  }
  const std::uint64_t begin = size_;
  if (auto done = write_frame(pack_frame(static_cast<FrameKind>(stream), bytes.size()), bytes); !done) {
    return done;
  }
  if (begin >= (marks_.empty() ? 0 : marks_.back()) + most_ / marks_in_all) {
    marks_.push_back(begin);
    forget_oldest();
  }
  return {};
}

// Whole or not at all: readers go by size(), and what is behind that is cut off.
Result<void> Spool::write_frame(std::uint64_t word, std::span<const std::byte> bytes) noexcept {
  iovec parts[] = {{&word, sizeof word}, {const_cast<std::byte*>(bytes.data()), bytes.size()}};
  const std::uint64_t all = sizeof word + bytes.size();
  std::uint64_t done = 0;
  while (done < all) {
    const std::size_t first = done < sizeof word ? 0 : 1;
    if (first == 0) {
      parts[0] = {reinterpret_cast<std::byte*>(&word) + done, sizeof word - done};
    } else {
      const std::uint64_t skipped = done - sizeof word;
      parts[1] = {const_cast<std::byte*>(bytes.data()) + skipped, bytes.size() - skipped};
    }
    const long wrote = os::sys::retry(SYS_pwritev, file_.get(), &parts[first], 2 - first, size_ + done, 0);
    if (wrote <= 0) {
      os::sys::call(SYS_ftruncate, file_.get(), size_);
      return std::unexpected(os::fail_errno(wrote < 0 ? -wrote : ENOSPC, "keep", "the command's output",
                                            "from now on it is passed on only"));
    }
    done += static_cast<std::uint64_t>(wrote);
  }
  size_ += all;
  return {};
}

// First the word that says so: who reads a hole looks there again, and finds out.
void Spool::forget_oldest() noexcept {
  bool any = false;
  while (marks_.size() > 1 && size_ - marks_.front() > most_) {
    marks_.pop_front();
    any = true;
  }
  if (!any) {
    return;
  }
  const std::uint64_t keep_from = marks_.front();
  const std::uint64_t word = pack_frame(FrameKind::gone, keep_from - frame_head);
  if (os::sys::retry(SYS_pwrite64, file_.get(), &word, sizeof word, 0) == sizeof word) {
    os::sys::call(SYS_fallocate, file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, frame_head,
                  keep_from - frame_head);
  }
}

}  // namespace shm::guard
