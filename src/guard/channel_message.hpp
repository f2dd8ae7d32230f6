// What is said on a run's socket. Each message is one packet (SOCK_SEQPACKET), in the machine's own byte order: both
// ends are on one machine, though maybe of two versions of this program. A caller asks as often as it likes; each
// request has one answer, in order. Between answers come news: what it has asked to be told of. Nobody is believed:
// a packet that is no message of this protocol ends the connection. Pure functions.
//
//   request: magic, version, what (Ask), argument         any size but this is none
//   answer:  magic, version, what (Answer), value, then a state or an end where `what` says so
//
// A request of another version is refused as `unknown` by an answer that has the answerer's version.
#pragma once
#include <cstddef>
#include <span>
#include "guard/ended.hpp"
#include "guard/layout.hpp"
#include "os/text.hpp"

namespace shm::guard {

inline constexpr std::uint32_t channel_magic = 0x68634d53;  // "SMch"
inline constexpr std::uint16_t channel_version = 1;

/// Never reuse a number. Anybody who may connect may look; only root and the supervisor's user may signal and stop.
enum class Ask : std::uint16_t {
  state = 1,   ///< which run is it? Answered by Answer::state
  output = 2,  ///< the run's output: Answer::output with its file, then news of its growth and of the end
  end = 3,     ///< Answer::done, then news of the end
  signal = 4,  ///< as if a process had sent signal `argument` to the supervisor: Answer::done
  stop = 5,    ///< ends all of it: TERM, then KILL after `argument` ns (-1: as the run says): Answer::done
};

/// Never reuse a number.
enum class Answer : std::uint16_t {
  refused = 1,  ///< value: a Refused
  done = 2,
  state = 3,   ///< with a RunState
  output = 4,  ///< value: how many bytes there are; the file comes along (SCM_RIGHTS), open for reading
  grown = 5,   ///< news; value: how many bytes there are by now
  ended = 6,   ///< news, the last: the run is over, with an Ended; value: how many bytes of output there are
};

enum class Refused : std::int64_t {
  denied = 1,   ///< neither root nor the supervisor's user
  unknown = 2,  ///< no request that it knows: it is of another version
  absent = 3,   ///< it does not keep its output
  range = 4,    ///< no signal has that number
};

struct Request {
  Ask what = Ask::state;
  std::int64_t argument = 0;
};

/// One run, as its supervisor describes it.
struct RunState {
  Mode mode = Mode::exclusive;
  std::uint32_t slot = 0;
  std::uint64_t token = 0;
  std::int64_t since_ns = 0;  ///< 1970, UTC
  int supervisor_pid = 0;     ///< pids of its own pid namespace
  int command_pid = 0;        ///< 0: none runs at this moment
  bool keeps_output = false;
  os::Text<command_bytes + 1> command;
};

struct Reply {
  Answer what = Answer::done;
  std::int64_t value = 0;
  RunState state;
  Ended ended;
};

/// Room for any message.
inline constexpr std::size_t most_message = 512;
using MessageRoom = std::byte[most_message];

/// These put a message into `room` and return its bytes.
std::span<const std::byte> write_message(const Request& request, MessageRoom& room) noexcept;
std::span<const std::byte> write_message(const Reply& reply, MessageRoom& room) noexcept;

enum class Read : std::uint8_t {
  good,
  other_version,  ///< a message, but of another version of the protocol
  none,           ///< no message
};
/// What others sent, maybe with ill intent: every field that is taken over has a value that it may have.
Read read_message(std::span<const std::byte> bytes, Request& request) noexcept;
Read read_message(std::span<const std::byte> bytes, Reply& reply) noexcept;

}  // namespace shm::guard
