#include "guard/channel_message.hpp"
#include <csignal>
#include <cstring>
#include <random>
#include <vector>
#include "catch.hpp"

using namespace shm::guard;

namespace {
RunState some_state() {
  RunState state;
  state.mode = Mode::slot;
  state.slot = 7;
  state.token = 1'700'000'000'000'001;
  state.since_ns = 1'700'000'000'000'000'000;
  state.supervisor_pid = 41;
  state.command_pid = 42;
  state.keeps_output = true;
  state.command.add("tar czf /backup/a.tar.gz /home");
  return state;
}

Ended some_end() {
  Ended ended;
  ended.status = 137;
  ended.ending = Ending::stopped;
  ended.signal = SIGKILL;
  ended.tries = 3;
  ended.duration_ns = 5'000'000'000;
  ended.usage.user_us = 1;
  ended.usage.system_us = 2;
  ended.usage.most_memory_kib = 3;
  ended.usage.blocks_read = 4;
  ended.usage.blocks_written = 5;
  return ended;
}

std::vector<std::byte> bytes_of(const Reply& reply) {
  MessageRoom room;
  const auto bytes = write_message(reply, room);
  return {bytes.begin(), bytes.end()};
}
}  // namespace

TEST_CASE("what is written is what is read", "[channel]") {
  MessageRoom room;
  for (const Ask what : {Ask::state, Ask::output, Ask::end, Ask::signal, Ask::stop}) {
    Request request;
    CHECK(read_message(write_message(Request{what, -1}, room), request) == Read::good);
    CHECK(request.what == what);
    CHECK(request.argument == -1);
  }
  Reply reply;
  reply.what = Answer::state;
  reply.state = some_state();
  Reply found;
  REQUIRE(read_message(bytes_of(reply), found) == Read::good);
  CHECK(found.state.mode == Mode::slot);
  CHECK(found.state.slot == 7);
  CHECK(found.state.token == reply.state.token);
  CHECK(found.state.since_ns == reply.state.since_ns);
  CHECK(found.state.supervisor_pid == 41);
  CHECK(found.state.command_pid == 42);
  CHECK(found.state.keeps_output);
  CHECK(found.state.command.view() == reply.state.command.view());

  reply.what = Answer::ended;
  reply.value = 99;
  reply.ended = some_end();
  REQUIRE(read_message(bytes_of(reply), found) == Read::good);
  CHECK(found.value == 99);
  CHECK(found.ended.status == 137);
  CHECK(found.ended.ending == Ending::stopped);
  CHECK(found.ended.signal == SIGKILL);
  CHECK(found.ended.tries == 3);
  CHECK(found.ended.duration_ns == reply.ended.duration_ns);
  CHECK(found.ended.usage.blocks_written == 5);
}

TEST_CASE("a command line of any length fits into a state", "[channel]") {
  Reply reply;
  reply.what = Answer::state;
  reply.state.command.add(std::string(command_bytes + 100, 'x'));
  Reply found;
  REQUIRE(read_message(bytes_of(reply), found) == Read::good);
  CHECK(found.state.command.view() == std::string(command_bytes, 'x'));
}

TEST_CASE("another version is told from nonsense", "[channel]") {
  MessageRoom room;
  const auto bytes = write_message(Request{Ask::stop, 0}, room);
  Request request;
  room[4] ^= std::byte{1};  // the version
  CHECK(read_message(bytes, request) == Read::other_version);
  room[4] ^= std::byte{1};
  room[6] = std::byte{77};  // a request that is not known yet
  CHECK(read_message(bytes, request) == Read::other_version);
  room[0] ^= std::byte{1};
  CHECK(read_message(bytes, request) == Read::none);
}

TEST_CASE("half a message is none", "[channel]") {
  Reply state;
  state.what = Answer::state;
  state.state = some_state();
  Reply end;
  end.what = Answer::ended;
  end.ended = some_end();
  for (const auto& whole : {bytes_of(state), bytes_of(end)}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      Reply found;
      CHECK(read_message({whole.data(), size}, found) == Read::none);
    }
  }
}

TEST_CASE("no bytes make a reply with a value that it can't have", "[channel]") {
  std::mt19937 random(1);
  Reply original;
  for (const Answer what : {Answer::state, Answer::ended}) {
    original.what = what;
    original.state = some_state();
    original.ended = some_end();
    const auto whole = bytes_of(original);
    for (int turn = 0; turn < 20000; ++turn) {
      auto bytes = whole;
      for (int change = 0; change < 8; ++change) {
        bytes[8 + random() % (bytes.size() - 8)] = static_cast<std::byte>(random());
      }
      Reply found;
      if (read_message(bytes, found) != Read::good) {
        continue;
      }
      const bool state_good = found.state.supervisor_pid >= 0 && found.state.command_pid >= 0 &&
                              found.state.command.view().size() <= command_bytes;
      const bool end_good = found.ended.status >= 0 && found.ended.status <= 255 && found.ended.signal >= 0 &&
                            found.ended.signal <= SIGRTMAX && found.ended.tries >= 1 && found.ended.duration_ns >= 0 &&
                            !name_of(found.ended.ending).empty() && name_of(found.ended.ending) != "unknown";
      if (!state_good || !end_good) {
        FAIL("turn " << turn);
      }
    }
  }
}
