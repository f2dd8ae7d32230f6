// Datagrams between processes, with what comes along.
#include "os/datagram.hpp"
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <cstring>
#include <string>
#include "catch.hpp"
#include "os/local_socket.hpp"
#include "support/datagram.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"

using namespace shm::os;
using test::code_of;

namespace {

struct Pair {
  Pair() {
    auto made = receive_anywhere();
    REQUIRE(made);
    receiver = std::move(*made);
    auto connected = connect_to_receiver(address_of_receiver(receiver).view());
    REQUIRE(connected);
    sender = std::move(*connected);
  }
  Fd receiver;
  Fd sender;
};
}  // namespace

TEST_CASE("a datagram arrives as it was sent, and says by whom", "[datagram]") {
  Pair pair;
  REQUIRE(ask_for_senders(pair.receiver));
  char room[16];
  CHECK(code_of(receive_datagram(pair.receiver, room)) == Code::empty);
  REQUIRE(test::send_datagram(pair.sender, "one"));
  REQUIRE(test::send_datagram(pair.sender, ""));
  REQUIRE(test::send_datagram(pair.sender, "0123456789abcdefg"));
  auto got = receive_datagram(pair.receiver, room);
  REQUIRE(got);
  CHECK(std::string_view(&room[0], got->size) == "one");
  CHECK_FALSE(got->cut);
  CHECK(got->pid == ::getpid());
  CHECK(got->uid == ::getuid());
  got = receive_datagram(pair.receiver, room);
  REQUIRE(got);
  CHECK(got->size == 0);
  got = receive_datagram(pair.receiver, room);
  REQUIRE(got);
  CHECK(got->cut);
}

TEST_CASE("descriptors come along, close-on-exec; more than can be had are told of, and none stays open",
          "[datagram]") {
  Pair pair;
  char room[16];
  REQUIRE(test::send_datagram(pair.sender, "x", std::vector<int>(253, pair.sender.get())));
  auto got = receive_datagram(pair.receiver, room);
  REQUIRE(got);
  CHECK_FALSE(got->cut);
  REQUIRE(got->files.size() == 253);
  CHECK((::fcntl(got->files[0].get(), F_GETFD) & FD_CLOEXEC) != 0);
  got->files.clear();

  test::succeeds(test::in_child([&] {
    rlimit limit{};
    CHILD_REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = static_cast<rlim_t>(pair.sender.get()) + 3;
    CHILD_REQUIRE(test::send_datagram(pair.sender, "x", std::vector<int>(10, pair.sender.get())));
    CHILD_REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
    for (int i = 0; i < 2; ++i) {
      const auto some = receive_datagram(pair.receiver, room);
      CHILD_REQUIRE(some.has_value());
      CHILD_REQUIRE(some->cut);
      CHILD_REQUIRE(some->files.size() <= 2);
      CHILD_REQUIRE(test::send_datagram(pair.sender, "x", std::vector<int>(10, pair.sender.get())));
    }
    return 0;
  }));
}

TEST_CASE("there is room until nobody reads, and again when somebody has", "[datagram]") {
  Pair pair;
  int sent = 0;
  while (has_room(pair.sender) && sent < 100'000) {
    REQUIRE(test::send_datagram(pair.sender, "x"));
    ++sent;
  }
  CHECK(sent > 0);
  CHECK(sent < 100'000);
  CHECK_FALSE(test::send_datagram(pair.sender, "x"));
  char room[16];
  REQUIRE(receive_datagram(pair.receiver, room));
  CHECK(has_room(pair.sender));
  pair.receiver.reset();
  CHECK(has_room(pair.sender));  // for who sends is told then that nobody is there
  CHECK_FALSE(test::send_datagram(pair.sender, "x"));
}

TEST_CASE("a receiver with a file has its mode, and is known to be alive or dead", "[datagram]") {
  const test::Directory directory;
  const auto dir = open_directory(directory.path().c_str());
  REQUIRE(dir);
  auto receiver = receive_at(*dir, "socket", 0620);
  REQUIRE(receiver);
  const auto info = info_at(*dir, "socket");
  REQUIRE(info);
  CHECK((info->mode & 07777) == 0620);
  CHECK(code_of(receive_at(*dir, "socket", 0600)) == Code::exists);
  const auto file = open_socket_at(*dir, "socket");
  REQUIRE(file);
  CHECK(receives(*file));
  const auto sender = connect_to_receiver(directory / "socket");
  REQUIRE(sender);
  REQUIRE(test::send_datagram(*sender, "x"));
  char room[16];
  REQUIRE(receive_datagram(*receiver, room));
  receiver->reset();
  CHECK_FALSE(receives(*file));
  CHECK_FALSE(connect_to_receiver(directory / "socket"));
}

TEST_CASE("what is no address is told", "[datagram]") {
  for (const std::string& address : {std::string(), std::string("/"), std::string("@"), std::string("name"),
                                     "/" + std::string(107, 'x'), "@" + std::string(108, 'x')}) {
    CHECK(code_of(connect_to_receiver(address)) == Code::usage);
  }
  CHECK(code_of(connect_to_receiver("/" + std::string(106, 'x'))) == Code::absent);
}
