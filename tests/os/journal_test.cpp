#include "os/journal.hpp"
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include "catch.hpp"
#include "os/clock.hpp"
#include "os/fd.hpp"
#include "support/datagram.hpp"
#include "support/directory.hpp"

using namespace shm::os;

namespace {
/// What systemd-journald has: a socket of datagrams with a name.
class Journal {
 public:
  Journal() : path_(directory_ / "socket"), socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path_.size() < sizeof address.sun_path);
    std::memcpy(&address.sun_path[0], path_.c_str(), path_.size());
    REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }

  [[nodiscard]] const char* path() const { return path_.c_str(); }
  void close() { socket_.reset(); }

  /// The datagram that has come, and the file that came with it.
  std::string receive(Fd& file) const {
    std::string bytes;
    REQUIRE(test::receive_datagram(socket_, bytes, file));
    return bytes;
  }
  [[nodiscard]] std::string receive() const {
    Fd none;
    auto bytes = receive(none);
    CHECK_FALSE(none);
    return bytes;
  }

  [[nodiscard]] bool has_more() const {
    pollfd asked{socket_.get(), POLLIN, 0};
    return ::poll(&asked, 1, 0) == 1;
  }
  /// For another thread than the test's.
  void wait_and_drop() const {
    char byte = 0;
    (void)::recv(socket_.get(), &byte, sizeof byte, 0);
  }

 private:
  test::Directory directory_;
  std::string path_;
  Fd socket_;
};
}  // namespace

TEST_CASE("an entry of the journal is one datagram of lines", "[journal]") {
  const Journal journal;
  JournalEntry entry;
  entry.add("MESSAGE", "Job x succeeded")
      .add("PRIORITY", std::uint64_t{6})
      .add("LEFT", std::int64_t{-5})
      .add("NONE", "");
  REQUIRE(entry.send(Until::sent, journal.path()));
  CHECK(journal.receive() == "MESSAGE=Job x succeeded\nPRIORITY=6\nLEFT=-5\nNONE=\n");
}

TEST_CASE("a value with a newline is told by its size", "[journal]") {
  const Journal journal;
  JournalEntry entry;
  const std::string long_value = "a\n" + std::string(300, 'b');
  entry.add("A", "one\ntwo=2\n").add("B", long_value).add("C", "=");
  REQUIRE(entry.send(Until::sent, journal.path()));
  using namespace std::string_literals;
  CHECK(journal.receive() == "A\n\x0a\0\0\0\0\0\0\0one\ntwo=2\n\nB\n\x2e\x01\0\0\0\0\0\0"s + long_value + "\nC==\n");
}

TEST_CASE("an entry that is too large for a datagram is a sealed file", "[journal]") {
  const Journal journal;
  JournalEntry entry;
  const std::string value(4U << 20U, 'x');
  entry.add("MESSAGE", "large").add("SHMCTL_COMMAND", value);
  REQUIRE(entry.send(Until::sent, journal.path()));
  Fd file;
  CHECK(journal.receive(file).empty());
  REQUIRE(file);
  const int seals = ::fcntl(file.get(), F_GET_SEALS);
  CHECK(seals == (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL));
  struct stat found{};
  REQUIRE(::fstat(file.get(), &found) == 0);
  std::string content(static_cast<std::size_t>(found.st_size), '\0');
  REQUIRE(::pread(file.get(), content.data(), content.size(), 0) == found.st_size);
  CHECK(content == "MESSAGE=large\nSHMCTL_COMMAND=" + value + "\n");
}

TEST_CASE("where there is no journal, an entry is Code::absent", "[journal]") {
  JournalEntry entry;
  entry.add("MESSAGE", "x");
  const test::Directory empty;
  const auto nothing_there = entry.send(Until::sent, (empty / "socket").c_str());
  REQUIRE_FALSE(nothing_there);
  CHECK(nothing_there.error().code == Code::absent);
  Journal journal;
  journal.close();  // its name is left
  const auto nobody_there = entry.send(Until::sent, journal.path());
  REQUIRE_FALSE(nobody_there);
  CHECK(nobody_there.error().code == Code::absent);
}

TEST_CASE("a journal that takes no entries does not keep anybody for long", "[journal]") {
  const Journal journal;
  JournalEntry entry;
  entry.add("MESSAGE", std::string(1000, 'x'));
  const std::int64_t before = monotonic_ns();
  Result<void> sent;
  int count = 0;
  while (sent && count < 10000) {
    sent = entry.send(Until::sent, journal.path());
    ++count;
  }
  REQUIRE_FALSE(sent);
  CHECK(sent.error().code == Code::timed_out);
  CHECK(count > 1);
  CHECK(monotonic_ns() - before >= 900'000'000);
  (void)journal.receive();
  CHECK(entry.send(Until::sent, journal.path()));
}

TEST_CASE("who waits for it knows that the journal has dealt with the entry", "[journal]") {
  const Journal journal;
  JournalEntry entry;
  entry.add("MESSAGE", "x");
  std::thread reader([&] {
    sleep_until(after(20'000'000));  // so that who does not wait is found out
    journal.wait_and_drop();
    journal.wait_and_drop();
  });
  const auto sent = entry.send(Until::looked_at, journal.path());
  const bool all_read = !journal.has_more();
  reader.join();
  CHECK(sent);
  CHECK(all_read);
}

TEST_CASE("a journal that does not deal with it is not waited for for ever", "[journal]") {
  const Journal journal;
  JournalEntry entry;
  entry.add("MESSAGE", "x");
  CHECK(entry.send(Until::looked_at, journal.path()));
  CHECK(journal.receive() == "MESSAGE=x\n");
  CHECK(journal.receive().empty());  // means nothing to the journal
  CHECK_FALSE(journal.has_more());
}

TEST_CASE("a stream that goes to the journal is known by its file", "[journal]") {
  struct stat found{};
  REQUIRE(::fstat(STDERR_FILENO, &found) == 0);
  const std::string right = std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino);
  CHECK(goes_to_journal(Stream::error, right));
  for (const std::string& other :
       {std::string(), std::string(":"), std::string("x"), right + "x", right + "0", std::to_string(found.st_dev),
        std::to_string(found.st_dev) + ":", "1" + right, std::to_string(found.st_dev + 1) + ":" + right}) {
    CAPTURE(other);
    CHECK_FALSE(goes_to_journal(Stream::error, other));
  }
}
