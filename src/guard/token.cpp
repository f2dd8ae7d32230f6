#include "guard/token.hpp"
#include <fcntl.h>
#include <algorithm>
#include "os/clock.hpp"
#include "os/flock.hpp"

namespace shm::guard {

namespace {
using os::Code;
using os::Result;

constexpr std::string_view file_name = ",token";
constexpr int tries = 100;  // a writer is done within a microsecond

struct Content {
  std::uint64_t token;
  std::uint64_t opposite;  // all bits the other way round, so that nothing else is taken for a token
};

// An empty file is one whose maker was killed before it wrote. Who looks while another writes sees both halves.
Result<std::uint64_t> read_token(const os::Fd& file) noexcept {
  for (int turn = 0; turn < tries; ++turn) {
    Content content = {};
    const auto size = os::read_at(file, std::as_writable_bytes(std::span(&content, 1)), 0);
    if (!size) {
      return std::unexpected(os::fail_errno(size.error().sys_errno, "read", file_name));
    }
    if (*size == 0 || (*size == sizeof content && content.opposite == ~content.token)) {
      return content.token;
    }
  }
  return std::unexpected(os::fail(Code::corrupt, "read", file_name, "it holds no token",
                                  "remove it, if nothing still compares tokens of removed jobs"));
}

Result<void> put_down(const store::Store& store, std::uint64_t token) noexcept {
  os::FileInfo info;
  const auto file = store.open_or_create_file(file_name, O_RDWR, &info);
  if (!file) {
    return std::unexpected(file.error());
  }
  // Held for two system calls. Whoever may not write the store can't have it.
  if (auto locked = os::wait_flock(*file, os::Sharing::exclusive, -1); !locked) {
    return std::unexpected(locked.error());
  }
  const auto highest = read_token(*file);
  if (!highest || *highest >= token) {
    return highest ? Result<void>() : std::unexpected(highest.error());
  }
  const Content content = {token, ~token};
  if (auto done = os::write_at(*file, std::as_bytes(std::span(&content, 1)), 0); !done) {
    return std::unexpected(os::fail_errno(done.error().sys_errno, "write", file_name));
  }
  return {};
}
}  // namespace

// In microseconds: a job can't run as often as that, so the time is ahead of all tokens as long as nobody sets it back.
Result<std::uint64_t> token_to_begin_after(const store::Store& store) noexcept {
  const auto now = static_cast<std::uint64_t>(os::realtime_ns()) / 1000;
  os::FileInfo info;
  const auto file = store.open_file(file_name, O_RDONLY, &info);
  if (!file) {
    return file.error().code == Code::absent ? Result<std::uint64_t>(now) : std::unexpected(file.error());
  }
  const auto highest = read_token(*file);
  return highest ? Result<std::uint64_t>(std::max(now, *highest)) : highest;
}

Result<void> outlive_job(const store::Store& store, std::uint64_t token) noexcept {
  auto done = put_down(store, token);
  // A full store must not keep jobs from being removed; and the time alone is enough, if nobody sets it back.
  const bool needless = token <= static_cast<std::uint64_t>(os::realtime_ns()) / 1000;
  return !done && done.error().code == Code::full && needless ? Result<void>() : done;
}

}  // namespace shm::guard
