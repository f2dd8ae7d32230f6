// Any bytes as what is said on a run's socket, to either end: refused, or a message of which every field has a value
// that it may have, and which is the same when it is written down and read again.
//   fuzz_messages --seeds DIRECTORY    writes good messages there, to begin with; else as every libFuzzer program
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>
#include "guard/channel_message.hpp"

namespace {
using namespace shm::guard;

void write_seed(const std::string& directory, std::span<const std::byte> bytes) {
  static int count = 0;
  std::ofstream file(directory + "/" + std::to_string(++count), std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

void write_seeds(const std::string& directory) {
  MessageRoom room;
  for (const Ask ask : {Ask::state, Ask::output, Ask::end, Ask::signal, Ask::stop}) {
    Request request;
    request.what = ask;
    request.argument = 9;
    write_seed(directory, write_message(request, room));
  }
  for (const Answer answer :
       {Answer::refused, Answer::done, Answer::state, Answer::output, Answer::grown, Answer::ended}) {
    Reply reply;
    reply.what = answer;
    reply.value = 1;
    reply.state.command.add("a command");
    write_seed(directory, write_message(reply, room));
  }
}

// What was understood is written down, understood again, and is the same then.
template <class Message>
void check(std::span<const std::byte> bytes) {
  Message first;
  if (read_message(bytes, first) != Read::good) {
    return;
  }
  MessageRoom room;
  MessageRoom again_room;
  const auto written = write_message(first, room);
  Message second;
  if (written.size() > most_message || read_message(written, second) != Read::good) {
    std::abort();
  }
  const auto again = write_message(second, again_room);
  if (!std::equal(written.begin(), written.end(), again.begin(), again.end())) {
    std::abort();
  }
}
}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (*argc == 3 && std::string((*argv)[1]) == "--seeds") {
    write_seeds((*argv)[2]);
    std::exit(0);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> exactly(data, data + size);  // so that a byte too far is seen
  const auto bytes = std::as_bytes(std::span(exactly));
  check<Request>(bytes);
  check<Reply>(bytes);
  return 0;
}
