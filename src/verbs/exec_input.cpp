#include "verbs/exec_input.hpp"
#include <cstring>
#include "cli/failure.hpp"

namespace shm::verbs {

std::optional<std::span<char>> CommandInput::next() noexcept {
  auto* bytes = reinterpret_cast<char*>(bytes_.data());
  if (looked_ < bytes_.size()) {
    if (auto* end = static_cast<char*>(std::memchr(bytes + looked_, end_, bytes_.size() - looked_)); end != nullptr) {
      const std::span<char> command(bytes + at_, end);
      at_ = looked_ = static_cast<std::size_t>(end - bytes) + 1;
      return command;
    }
    looked_ = bytes_.size();
  }
  if (ended_ && at_ < bytes_.size()) {  // the last one may lack its end
    const std::span<char> command(bytes + at_, bytes_.size() - at_);
    at_ = bytes_.size();
    return command;
  }
  return std::nullopt;
}

bool CommandInput::more() {
  constexpr std::size_t least = 65536;  // as much as a pipe holds
  if (ended_) {
    return false;
  }
  const std::size_t rest = bytes_.size() - at_;
  if (rest != 0 && at_ != 0) {
    std::memmove(bytes_.data(), bytes_.data() + at_, rest);
  }
  bytes_.grown_to(rest);
  looked_ -= at_;
  at_ = 0;
  if (!bytes_.reserve(rest + least)) {
    throw cli::Failure(os::fail(os::Code::full, "read", "the commands", "there is not enough memory for one of them"));
  }
  const std::size_t got = cli::must(input_.read({bytes_.data() + rest, least}));
  bytes_.grown_to(rest + got);
  ended_ = got == 0;
  return !ended_ || rest != 0;
}

}  // namespace shm::verbs
