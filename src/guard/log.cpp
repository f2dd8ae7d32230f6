#include "guard/log.hpp"
#include <ctime>
#include "os/clock.hpp"

namespace shm::guard {

namespace {
using os::Result;

constexpr std::uint64_t longest_begun = 16384;
constexpr std::int64_t patience_ns = 500'000'000;

os::Error no_memory() noexcept {
  return os::fail(os::Code::full, "write to log", "a line", "there is not enough memory");
}
}  // namespace

Result<Log> Log::open(const LogPlan& plan) noexcept {
  auto file = LogFile::open(plan);
  if (!file) {
    return std::unexpected(file.error());
  }
  return Log(std::move(*file), plan.time);
}

// The time is when the line came, to the second, as people read it in other logs.
bool Log::stamp(std::string_view text, bool middle) noexcept {
  const std::time_t now = os::realtime_ns() / 1'000'000'000;
  struct tm broken{};
  char time[32];
  ::localtime_r(&now, &broken);
  const std::string_view prefix(&time[0], std::strftime(&time[0], sizeof time, "%Y-%m-%d %H:%M:%S ", &broken));
  stamped_.clear();
  bool good = true;
  while (!text.empty() && good) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end == std::string_view::npos ? end : end + 1);
    good = (middle || stamped_.add(prefix)) && stamped_.add(line);
    text.remove_prefix(line.size());
    middle = false;
  }
  return good;
}

Result<void> Log::write(std::size_t whose, std::string_view text) noexcept {
  if (text.empty()) {
    return {};
  }
  if (unfinished_ && *unfinished_ != whose) {
    begun_[*unfinished_].middle = false;
    unfinished_.reset();
    if (auto done = file_.append("\n"); !done) {
      return done;
    }
  }
  const bool unfinished = text.back() != '\n';
  const bool middle = std::exchange(begun_[whose].middle, unfinished);
  unfinished_ = unfinished ? std::optional(whose) : std::nullopt;
  if (!time_) {
    return file_.append(text);
  }
  return stamp(text, middle) ? file_.append(stamped_.view()) : std::unexpected(no_memory());
}

Result<void> Log::add(os::Stream stream, std::span<const std::byte> bytes) noexcept {
  const std::size_t whose = stream == os::Stream::out ? 0 : 1;
  Begun& line = begun_[whose];
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto last = text.rfind('\n');
  const std::size_t whole = last == std::string_view::npos ? 0 : last + 1;
  Result<void> done;
  if (whole != 0) {
    std::string_view lines = text.substr(0, whole);
    if (!line.bytes.empty()) {
      // What was begun goes first, in one piece with its end.
      const std::size_t first = lines.find('\n') + 1;
      done = line.bytes.add(lines.substr(0, first)) ? write(whose, line.bytes.view()) : std::unexpected(no_memory());
      line.bytes.clear();
      lines.remove_prefix(first);
    }
    if (const auto rest = write(whose, lines); done) {
      done = rest;
    }
  }
  if (!line.bytes.add(text.substr(whole)) || line.bytes.size() > longest_begun) {
    if (const auto rest = write(whose, line.bytes.view()); done) {
      done = rest;
    }
    line.bytes.clear();
  }
  if (begun_[0].bytes.empty() && begun_[1].bytes.empty()) {
    flush_at_ns_ = -1;
  } else if (flush_at_ns_ < 0) {
    flush_at_ns_ = os::after(patience_ns);
  }
  return done;
}

Result<void> Log::flush() noexcept {
  Result<void> done;
  for (std::size_t whose = 0; whose < std::size(begun_); ++whose) {
    if (const auto one = write(whose, begun_[whose].bytes.view()); !one) {
      done = one;
    }
    begun_[whose].bytes.clear();
  }
  flush_at_ns_ = -1;
  return done;
}

}  // namespace shm::guard
