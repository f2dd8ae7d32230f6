// What a call of `run` hands to the run that has the job: its command's words and input, and who it is. As bytes it
// lies in an item of the job's inbox (inbox.hpp). Values; any thread.
#pragma once
#include <string>
#include <vector>
#include "os/error.hpp"

namespace shm::work {

struct Message {
  std::uint64_t token = 0;         ///< of the run that had the job when it was sent
  std::int64_t when_ns = 0;        ///< 1970, UTC
  int pid = 0;                     ///< the sender's, in its own pid namespace
  std::uint32_t uid = 0;           ///< as the sender says
  std::string directory;           ///< where the sender was
  std::vector<std::string> words;  ///< the command, then its arguments
  bool has_input = false;          ///< and `input` is all of it
  std::string input;
};

/// A message from this process, now.
Message message_from_here();

std::string pack(const Message& message);
/// Code::corrupt: it is none; `job` is for the error.
os::Result<Message> unpack(std::string_view bytes, std::string_view job);

}  // namespace shm::work
