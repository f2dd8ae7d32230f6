// A connection on standard input and output: sockets and pipes, the other end slow, silent and gone.
#include "os/connection.hpp"
#include <sys/socket.h>
#include <unistd.h>
#include <string>
#include "catch.hpp"
#include "os/clock.hpp"
#include "support/process.hpp"

using namespace shm::os;

namespace {
constexpr std::int64_t second = 1'000'000'000;

/// Runs `act` in a child with `in` and `out` as its standard streams; its exit status.
template <class Act>
int with_streams(int in, int out, Act act) {
  return test::in_child([&] {
           ::dup2(in, 0);
           ::dup2(out, 1);
           for (int i = 3; i < 20; ++i) {
             ::close(i);
           }
           return act();
         })
      .exit_status;
}

struct Pair {
  int ours = -1;
  int theirs = -1;
  Pair() {
    int both[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, &both[0]) == 0);
    ours = both[0];
    theirs = both[1];
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  ~Pair() {
    ::close(ours);
    ::close(theirs);
  }
};

std::string all_of(int file) {
  std::string text;
  char room[4096];
  for (ssize_t got = 0; (got = ::read(file, &room[0], sizeof room)) > 0;) {
    text.append(&room[0], static_cast<std::size_t>(got));
  }
  return text;
}
}  // namespace

TEST_CASE("what comes is read, to its end; what goes arrives", "[connection]") {
  const Pair pair;
  REQUIRE(::write(pair.ours, "hello", 5) == 5);
  ::shutdown(pair.ours, SHUT_WR);
  CHECK(with_streams(pair.theirs, pair.theirs, [] {
          std::byte room[3];
          const std::int64_t deadline = after(10 * second);
          const bool read =
              receive(room, deadline) == 3 && receive(room, deadline) == 2 && receive(room, deadline) == 0;
          return read && send("world", deadline) ? 0 : 1;
        }) == 0);
  ::shutdown(pair.theirs, SHUT_WR);
  CHECK(all_of(pair.ours) == "world");
}

TEST_CASE("who says nothing, and who takes nothing, is given up at the deadline", "[connection]") {
  const Pair pair;
  CHECK(with_streams(pair.theirs, pair.theirs, [] {
          std::byte room[3];
          const auto got = receive(room, after(second / 100));
          const bool late = !got && got.error().code == Code::timed_out;
          const auto sent = send(std::string(64U << 20U, 'x'), after(second / 10));
          return late && !sent && sent.error().code == Code::timed_out ? 0 : 1;
        }) == 0);
}

TEST_CASE("nobody at the other end is an error, not the end", "[connection]") {
  Pair pair;
  ::close(pair.ours);
  CHECK(with_streams(pair.theirs, pair.theirs, [] {
          std::byte room[3];
          const auto got = receive(room, after(10 * second));
          const auto sent = send("world", after(10 * second));
          finish_connection(1000, after(10 * second));
          return got == 0 && !sent && sent.error().sys_errno == EPIPE ? 0 : 1;
        }) == 0);
  pair.ours = -1;
}

TEST_CASE("pipes are as good", "[connection]") {
  int in[2];
  int out[2];
  REQUIRE(::pipe(&in[0]) == 0);
  REQUIRE(::pipe(&out[0]) == 0);
  REQUIRE(::write(in[1], "hello", 5) == 5);
  ::close(in[1]);
  CHECK(with_streams(in[0], out[1], [] {
          std::byte room[100];
          const bool read = receive(room, after(10 * second)) == 5;
          const bool sent = send(std::string(40000, 'x'), after(10 * second)).has_value();
          finish_connection(1000, after(10 * second));
          return read && sent ? 0 : 1;
        }) == 0);
  CHECK(with_streams(in[0], out[1], [] {
          const auto sent = send(std::string(1U << 20U, 'x'), after(second / 10));
          return !sent && sent.error().code == Code::timed_out ? 0 : 1;
        }) == 0);
  ::close(out[1]);
  CHECK(all_of(out[0]).size() >= 40000);
  ::close(in[0]);
  ::close(out[0]);
}

TEST_CASE("the last words are not lost over what was not read", "[connection]") {
  const Pair pair;
  REQUIRE(::write(pair.ours, std::string(1000, 'x').data(), 1000) == 1000);
  ::shutdown(pair.ours, SHUT_WR);
  CHECK(with_streams(pair.theirs, pair.theirs, [] {
          const bool sent = send("bye", after(10 * second)).has_value();
          finish_connection(10000, after(10 * second));
          std::byte room[3];
          return sent && receive(room, after(10 * second)) == 0 ? 0 : 1;  // it was all thrown away
        }) == 0);
  CHECK(all_of(pair.ours) == "bye");  // its writing end is shut down, though another descriptor is open
}
