// The numbers of signals by their names (see stopping.hpp: signal_of).
#include <charconv>
#include <csignal>
#include <cstring>
#include "guard/stopping.hpp"

namespace shm::guard {

int signal_of(std::string_view name) noexcept {
  int number = 0;
  const auto read = [&number](std::string_view digits) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  if (read(name)) {
    return number >= 1 && number <= SIGRTMAX ? number : 0;
  }
  const auto same = [](std::string_view left, std::string_view right) {
    return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
  };
  if (name.size() > 3 && same(name.substr(0, 3), "SIG")) {
    name.remove_prefix(3);
  }
  if (name.size() >= 5 && same(name.substr(0, 5), "RTMIN")) {
    const auto more = name.substr(5);
    if (more.empty() || (more[0] == '+' && read(more.substr(1)))) {
      number = SIGRTMIN + (more.empty() ? 0 : number);
      return number >= SIGRTMIN && number <= SIGRTMAX ? number : 0;
    }
    return 0;
  }
  for (number = 1; number < SIGRTMIN; ++number) {
    const char* const abbreviated = sigabbrev_np(number);
    if (abbreviated != nullptr && same(name, abbreviated)) {
      return number;
    }
  }
  return 0;
}

}  // namespace shm::guard
