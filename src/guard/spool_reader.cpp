#include "guard/spool_reader.hpp"
#include <algorithm>
#include <new>

namespace shm::guard {

namespace {
using os::Result;

os::Error no_spool(const char* why) noexcept {
  return os::fail(os::Code::corrupt, "read", "the command's output", why);
}

std::size_t index_of(os::Stream stream) noexcept { return stream == os::Stream::out ? 0 : 1; }
}  // namespace

Result<void> SpoolReader::read_at(std::uint64_t at, void* bytes, std::uint64_t size) noexcept {
  auto* to = static_cast<char*>(bytes);
  while (size != 0) {
    const long got = os::sys::retry(SYS_pread64, file_, to, size, at);
    if (got <= 0) {
      return std::unexpected(got < 0 ? os::fail_errno(-got, "read", "the command's output")
                                     : no_spool("the file is shorter than it was said to be"));
    }
    to += got;
    at += static_cast<std::uint64_t>(got);
    size -= static_cast<std::uint64_t>(got);
  }
  return {};
}

// Whether what stands at at_ has been given up. Then it goes on behind that.
Result<bool> SpoolReader::overtaken() noexcept {
  std::uint64_t word = 0;
  if (auto done = read_at(0, &word, sizeof word); !done) {
    return std::unexpected(done.error());
  }
  const std::uint64_t kept_from = frame_head + size_of_frame(word);
  if (static_cast<FrameKind>(word & 0xffU) != FrameKind::gone || kept_from < frame_head) {
    return std::unexpected(no_spool("it does not begin as such a file does"));
  }
  if (kept_from <= at_) {
    return false;
  }
  missed_ += kept_from - std::max(at_, frame_head);
  at_ = kept_from;
  frame_left_ = 0;
  unwanted_[0] = unwanted_[1] = 0;  // they were counted from further back
  return true;
}

// False: there is no frame before `end` any more.
Result<bool> SpoolReader::enter_frame(std::uint64_t end) noexcept {
  while (frame_left_ == 0) {
    if (at_ + frame_head > end) {
      return false;
    }
    std::uint64_t word = 0;
    if (auto done = read_at(at_, &word, sizeof word); !done) {
      return std::unexpected(done.error());
    }
    if (at_ != 0) {
      const auto late = overtaken();
      if (!late || *late) {
        if (!late) {
          return late;
        }
        continue;
      }
    }
    kind_ = static_cast<FrameKind>(word & 0xffU);
    frame_left_ = size_of_frame(word);
    if (kind_ > FrameKind::error || (kind_ == FrameKind::gone) != (at_ == 0) || frame_left_ > end - at_ - frame_head) {
      return std::unexpected(no_spool("its frames make no sense"));
    }
    at_ += frame_head;
    if (kind_ == FrameKind::gone) {
      missed_ += frame_left_;
      at_ += frame_left_;
      frame_left_ = 0;
    }
  }
  return true;
}

Result<std::optional<SpoolReader::Piece>> SpoolReader::next(std::uint64_t end) noexcept {
  if (!piece_) {
    piece_.reset(new (std::nothrow) char[piece_size]);
    if (!piece_) {
      return std::unexpected(os::fail(os::Code::full, "read", "the command's output", "there is not enough memory"));
    }
  }
  for (;;) {
    const auto entered = enter_frame(end);
    if (!entered) {
      return std::unexpected(entered.error());
    }
    if (!*entered) {
      return std::optional<Piece>();
    }
    Piece piece;
    piece.stream = static_cast<os::Stream>(kind_);
    std::uint64_t& unwanted = unwanted_[index_of(piece.stream)];
    const std::uint64_t skipped = std::min(unwanted, frame_left_);
    const std::uint64_t size = skipped != 0 ? skipped : std::min(frame_left_, piece_size);
    if (skipped == 0) {
      if (auto done = read_at(at_, piece_.get(), size); !done) {
        return std::unexpected(done.error());
      }
      const auto late = overtaken();
      if (!late) {
        return std::unexpected(late.error());
      }
      if (*late) {
        continue;
      }
    }
    unwanted -= skipped;
    at_ += size;
    frame_left_ -= size;
    if (skipped == 0) {
      piece.bytes = {piece_.get(), size};
      return std::optional<Piece>(piece);
    }
  }
}

void SpoolReader::skip_to(std::uint64_t end) noexcept {
  at_ = end;
  frame_left_ = 0;
}

// Newlines are counted as they came. Of each stream, what is wanted begins behind its newest newline that is not
// wanted.
Result<void> SpoolReader::skip_to_last_lines(std::uint64_t lines, std::uint64_t end) noexcept {
  struct Line {
    std::size_t stream;
    std::uint64_t end;  // bytes of its stream up to here
  };
  std::deque<Line> wanted;
  std::uint64_t begin[2] = {};  // of what is wanted
  std::uint64_t size[2] = {};
  std::uint64_t last_newline[2] = {};
  const auto add = [&](std::size_t stream, std::uint64_t line_end) {
    wanted.push_back({stream, line_end});
    if (wanted.size() > lines) {
      begin[wanted.front().stream] = wanted.front().end;
      wanted.pop_front();
    }
  };
  SpoolReader look(file_);
  look.at_ = at_;
  look.frame_left_ = frame_left_;
  look.kind_ = kind_;
  for (;;) {
    const auto piece = look.next(end);
    if (!piece) {
      return std::unexpected(piece.error());
    }
    if (!*piece) {
      break;
    }
    const std::string_view bytes = (*piece)->bytes;
    const std::size_t stream = index_of((*piece)->stream);
    for (auto at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
      last_newline[stream] = size[stream] + at + 1;
      add(stream, last_newline[stream]);
    }
    size[stream] += bytes.size();
  }
  for (std::size_t stream = 0; stream < 2; ++stream) {
    if (size[stream] > last_newline[stream]) {
      add(stream, size[stream]);
    }
    unwanted_[stream] = begin[stream];
  }
  return {};
}

}  // namespace shm::guard
