#include "hot/duration.hpp"
#include <charconv>
#include "cli/time_units.hpp"
#include "os/clock.hpp"

namespace shm::hot {

std::optional<std::int64_t> duration_in(std::string_view text) noexcept {
  constexpr std::int64_t most = 4'000'000;  // of any unit, so that none overflows; and no number's double is another
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || number < 0 || number > most || text[0] == '-') {
    return std::nullopt;
  }
  const std::string_view said(stop, static_cast<std::size_t>(end - stop));
  for (const auto& unit : cli::time_units) {
    if (unit.name == said) {
      return number * unit.ns;
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> patience_in(std::string_view text) noexcept {
  return text == "forever" ? std::optional<std::int64_t>(-1) : duration_in(text);
}

std::optional<std::int64_t> deadline_in(std::optional<std::string_view> said) noexcept {
  auto patience = said ? patience_in(*said) : std::optional<std::int64_t>(0);
  if (patience && *patience > 0) {
    patience = os::after(*patience);
  }
  return patience;
}

std::optional<std::int64_t> whole_number_in(std::string_view text) noexcept {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace shm::hot
