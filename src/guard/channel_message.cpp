#include "guard/channel_message.hpp"
#include "os/signals.hpp"

namespace shm::guard {

namespace {
struct Head {
  std::uint32_t magic;
  std::uint16_t version;
  std::uint16_t what;
  std::int64_t value;
};
static_assert(sizeof(Head) == 16);

struct StateWords {
  std::uint64_t mode;
  std::uint64_t slot;
  std::uint64_t token;
  std::int64_t since_ns;
  std::int64_t supervisor_pid;
  std::int64_t command_pid;
  std::uint64_t keeps_output;
  std::uint64_t command_size;
  char command[command_bytes];
};

struct EndWords {
  std::int64_t status;
  std::int64_t ending;
  std::int64_t signal;
  std::int64_t exec_errno;
  std::int64_t step;
  std::int64_t tries;
  std::int64_t duration_ns;
  std::int64_t user_us;
  std::int64_t system_us;
  std::int64_t most_memory_kib;
  std::int64_t blocks_read;
  std::int64_t blocks_written;
};
static_assert(sizeof(Head) + sizeof(StateWords) <= most_message && sizeof(Head) + sizeof(EndWords) <= most_message);

template <class T>
std::size_t put(MessageRoom& room, std::size_t at, const T& part) noexcept {
  __builtin_memcpy(&room[at], &part, sizeof part);
  return at + sizeof part;
}

template <class T>
bool get(std::span<const std::byte> bytes, T& part) noexcept {
  if (bytes.size() < sizeof(Head) + sizeof part) {
    return false;
  }
  __builtin_memcpy(&part, bytes.data() + sizeof(Head), sizeof part);
  return true;
}

Read read_head(std::span<const std::byte> bytes, Head& head) noexcept {
  if (bytes.size() < sizeof head) {
    return Read::none;
  }
  __builtin_memcpy(&head, bytes.data(), sizeof head);
  if (head.magic != channel_magic) {
    return Read::none;
  }
  return head.version == channel_version ? Read::good : Read::other_version;
}

// A number of the other end's, or `otherwise` where it is none that there can be.
template <class T>
T within(std::int64_t number, std::int64_t least, std::int64_t most, T otherwise) noexcept {
  return number >= least && number <= most ? static_cast<T>(number) : otherwise;
}
constexpr std::int64_t most_pid = INT32_MAX;
constexpr std::int64_t most_number = INT64_MAX;

bool read_state(std::span<const std::byte> bytes, RunState& state) noexcept {
  StateWords words{};
  if (!get(bytes, words) || words.command_size > command_bytes) {
    return false;
  }
  state.mode = mode_of(words.mode);
  state.slot = static_cast<std::uint32_t>(words.slot);
  state.token = words.token;
  state.since_ns = words.since_ns;
  state.supervisor_pid = within(words.supervisor_pid, 0, most_pid, 0);
  state.command_pid = within(words.command_pid, 0, most_pid, 0);
  state.keeps_output = words.keeps_output != 0;
  state.command = {};
  state.command.add({&words.command[0], words.command_size});
  return true;
}

bool read_end(std::span<const std::byte> bytes, Ended& ended) noexcept {
  EndWords words{};
  if (!get(bytes, words) || words.status < 0 || words.status > 255 || words.ending < 1 ||
      words.ending > static_cast<std::int64_t>(Ending::lost)) {
    return false;
  }
  ended.status = static_cast<int>(words.status);
  ended.ending = static_cast<Ending>(words.ending);
  ended.signal = within(words.signal, 0, os::most_signal, 0);
  ended.exec_errno = within(words.exec_errno, 0, 4095, 0);
  ended.step = words.step >= 0 && words.step <= static_cast<std::int64_t>(os::StartStep::set_io_priority)
                   ? static_cast<os::StartStep>(words.step)
                   : os::StartStep::run;
  ended.tries = within(words.tries, 1, UINT32_MAX, 1U);
  const auto number = [](std::int64_t word) { return within(word, 0, most_number, std::int64_t{0}); };
  ended.duration_ns = number(words.duration_ns);
  ended.usage = {number(words.user_us), number(words.system_us), number(words.most_memory_kib),
                 number(words.blocks_read), number(words.blocks_written)};
  return true;
}
}  // namespace

std::span<const std::byte> write_message(const Request& request, MessageRoom& room) noexcept {
  const Head head{channel_magic, channel_version, static_cast<std::uint16_t>(request.what), request.argument};
  return {&room[0], put(room, 0, head)};
}

std::span<const std::byte> write_message(const Reply& reply, MessageRoom& room) noexcept {
  const Head head{channel_magic, channel_version, static_cast<std::uint16_t>(reply.what), reply.value};
  std::size_t size = put(room, 0, head);
  if (reply.what == Answer::state) {
    const RunState& state = reply.state;
    StateWords words{};
    words.mode = static_cast<std::uint64_t>(state.mode);
    words.slot = state.slot;
    words.token = state.token;
    words.since_ns = state.since_ns;
    words.supervisor_pid = state.supervisor_pid;
    words.command_pid = state.command_pid;
    words.keeps_output = state.keeps_output ? 1 : 0;
    const auto command = state.command.view().substr(0, command_bytes);
    words.command_size = command.size();
    __builtin_memcpy(&words.command[0], command.data(), command.size());
    size = put(room, size, words);
  }
  if (reply.what == Answer::ended) {
    const Ended& ended = reply.ended;
    const EndWords words{ended.status,
                         static_cast<std::int64_t>(ended.ending),
                         ended.signal,
                         ended.exec_errno,
                         static_cast<std::int64_t>(ended.step),
                         ended.tries,
                         ended.duration_ns,
                         ended.usage.user_us,
                         ended.usage.system_us,
                         ended.usage.most_memory_kib,
                         ended.usage.blocks_read,
                         ended.usage.blocks_written};
    size = put(room, size, words);
  }
  return {&room[0], size};
}

Read read_message(std::span<const std::byte> bytes, Request& request) noexcept {
  Head head{};
  if (const Read read = read_head(bytes, head); read != Read::good) {
    return read;
  }
  if (head.what < static_cast<std::uint16_t>(Ask::state) || head.what > static_cast<std::uint16_t>(Ask::stop)) {
    return Read::other_version;
  }
  request = {static_cast<Ask>(head.what), head.value};
  return Read::good;
}

Read read_message(std::span<const std::byte> bytes, Reply& reply) noexcept {
  Head head{};
  if (const Read read = read_head(bytes, head); read != Read::good) {
    return read;
  }
  reply = {};
  reply.what = static_cast<Answer>(head.what);
  reply.value = head.value;
  switch (reply.what) {
    case Answer::state: return read_state(bytes, reply.state) ? Read::good : Read::none;
    case Answer::ended: return read_end(bytes, reply.ended) ? Read::good : Read::none;
    case Answer::refused:
    case Answer::done:
    case Answer::output:
    case Answer::grown: return Read::good;
  }
  return Read::other_version;
}

}  // namespace shm::guard
