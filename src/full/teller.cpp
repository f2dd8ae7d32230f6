#include "full/teller.hpp"
#include "cli/printable.hpp"

namespace shm::full {

namespace {
constexpr std::size_t most_kept = 64;
}

void Teller::say(std::string message, std::vector<os::Fd> files) {
  Message said{std::move(message), std::move(files)};
  if ((!kept_.empty() || !tell(said)) && kept_.size() < most_kept) {
    kept_.push_back(std::move(said));
  }
}

void Teller::go_on() {
  while (!kept_.empty() && tell(kept_.front())) {
    kept_.pop_front();
  }
}

// False: later.
bool Teller::tell(const Message& message) const {
  std::vector<int> numbers;
  numbers.reserve(message.files.size());
  for (const auto& file : message.files) {
    numbers.push_back(file.get());
  }
  return socket_.tell(message.text, numbers) != systemd::Told::not_now;
}

std::string status_line(std::string_view text) { return "STATUS=" + cli::printable(text); }

}  // namespace shm::full
