#include "guard/onlooker.hpp"
#include "os/file.hpp"

namespace shm::guard {

namespace {
using os::Code;
using os::Result;

Result<void> show_until(SpoolReader& reader, std::uint64_t end, const Look& look) noexcept {
  for (;;) {
    const auto piece = reader.next(end);
    if (!piece) {
      return std::unexpected(piece.error());
    }
    if (!*piece) {
      return {};
    }
    if (auto shown = look.show((*piece)->stream, (*piece)->bytes); !shown) {
      return shown;
    }
  }
}

Result<void> begin(SpoolReader& reader, const Look& look, std::uint64_t size) noexcept {
  switch (look.from) {
    case From::start: break;
    case From::last_lines: return reader.skip_to_last_lines(look.lines, size);
    case From::now: reader.skip_to(size); break;
  }
  return {};
}

// The supervisor was killed. How much it had written is the size of its file, of which the last frame may be a part.
Result<void> show_rest(SpoolReader& reader, const os::Fd& file, const Look& look) noexcept {
  const auto info = os::info(file);
  const auto shown = info ? show_until(reader, info->size, look) : std::unexpected(info.error());
  return shown || shown.error().code == Code::corrupt ? Result<void>() : shown;
}
}  // namespace

Result<Followed> follow_output(Talk& talk, const Look& look, std::int64_t deadline_ns) noexcept {
  const auto spool = talk.output();
  if (!spool) {
    return std::unexpected(spool.error());
  }
  SpoolReader reader(spool->file.get());
  bool shows = !look.if_failed;
  std::uint64_t size = spool->size;
  Result<void> done = shows ? begin(reader, look, size) : Result<void>();
  for (std::optional<Ended> ended; done;) {
    if (!shows && ended && ended->status != 0) {
      shows = true;
      done = begin(reader, look, size);
    }
    if (done && shows) {
      done = show_until(reader, size, look);
    }
    if (!done) {
      break;
    }
    if (ended) {
      return Followed{*ended, reader.missed()};
    }
    const auto news = talk.news(deadline_ns);
    if (!news) {
      if (news.error().code == Code::lost && shows) {
        done = show_rest(reader, spool->file, look);
      }
      return std::unexpected(done ? news.error() : done.error());
    }
    size = news->size;
    ended = news->ended;
  }
  return std::unexpected(done.error());
}

}  // namespace shm::guard
