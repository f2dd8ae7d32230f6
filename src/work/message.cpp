#include "work/message.hpp"
#include <unistd.h>
#include <cstring>
#include "os/accounts.hpp"
#include "os/clock.hpp"
#include "os/sys.hpp"
#include "os/text.hpp"

namespace shm::work {

namespace {
// Words of 64 bits and texts behind their sizes; the first word says that it is a message, and in what form.
constexpr std::uint64_t form = 0x31'67'73'6d'78'6f'62'6eULL;

void add(std::string& bytes, std::uint64_t number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}
void add(std::string& bytes, std::string_view text) {
  add(bytes, std::uint64_t{text.size()});
  bytes.append(text);
}

/// Reads what may be anything: what is not there is 0 and empty, and ends it.
class Unpacker {
 public:
  explicit Unpacker(std::string_view rest) noexcept : rest_(rest) {}

  std::uint64_t number() noexcept {
    std::uint64_t number = 0;
    if (rest_.size() < sizeof number) {
      whole_ = false;
      return 0;
    }
    std::memcpy(&number, rest_.data(), sizeof number);
    rest_.remove_prefix(sizeof number);
    return number;
  }
  std::string_view text() noexcept {
    const std::uint64_t size = number();
    if (rest_.size() < size) {
      whole_ = false;
      rest_ = {};
    }
    const auto text = rest_.substr(0, size);
    rest_.remove_prefix(text.size());
    return text;
  }
  [[nodiscard]] bool whole() const noexcept { return whole_; }
  [[nodiscard]] bool at_end() const noexcept { return whole_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool whole_ = true;
};
}  // namespace

Message message_from_here() {
  Message message;
  message.when_ns = os::realtime_ns();
  message.pid = ::getpid();
  message.uid = os::effective_uid();
  char directory[4096];
  const long size = os::sys::call(SYS_getcwd, &directory[0], sizeof directory);
  if (size > 0) {
    message.directory = &directory[0];
  }
  return message;
}

std::string pack(const Message& message) {
  std::string bytes;
  add(bytes, form);
  add(bytes, message.token);
  add(bytes, static_cast<std::uint64_t>(message.when_ns));
  add(bytes, static_cast<std::uint64_t>(message.pid));
  add(bytes, std::uint64_t{message.uid});
  add(bytes, message.directory);
  add(bytes, std::uint64_t{message.words.size()});
  for (const auto& word : message.words) {
    add(bytes, word);
  }
  add(bytes, std::uint64_t{message.has_input});
  add(bytes, message.input);
  return bytes;
}

os::Result<Message> unpack(std::string_view bytes, std::string_view job) {
  Unpacker unpacker(bytes);
  Message message;
  const bool known = unpacker.number() == form;
  message.token = unpacker.number();
  message.when_ns = static_cast<std::int64_t>(unpacker.number());
  message.pid = static_cast<int>(unpacker.number());
  message.uid = static_cast<std::uint32_t>(unpacker.number());
  message.directory = unpacker.text();
  for (std::uint64_t left = unpacker.number(); left > 0 && unpacker.whole(); --left) {
    message.words.emplace_back(unpacker.text());
  }
  message.has_input = unpacker.number() != 0;
  message.input = unpacker.text();
  if (!known || !unpacker.at_end()) {
    return std::unexpected(os::fail(os::Code::corrupt, "read message to", job, "it is damaged", "it is dropped"));
  }
  return message;
}

}  // namespace shm::work
