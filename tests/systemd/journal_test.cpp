// The journal's protocol as libsystemd speaks it, beside our own.
#include "os/journal.hpp"
#define SD_JOURNAL_SUPPRESS_LOCATION  // or it would add fields of its own
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-journal.h>
#include <unistd.h>
#include <cstring>
#include <string>
#include <vector>
#include "catch.hpp"
#include "os/fd.hpp"
#include "support/datagram.hpp"
#include "support/process.hpp"

using namespace shm::os;

namespace {
struct Field {
  std::string name;
  std::string value;
};
using Fields = std::vector<Field>;

Fd listen_as_journal() {
  CHILD_REQUIRE(test::mount_tmpfs("/run", "mode=755"));
  CHILD_REQUIRE(::mkdir("/run/systemd", 0755) == 0 && ::mkdir("/run/systemd/journal", 0755) == 0);
  Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(&address.sun_path[0], journal_socket);
  CHILD_REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return socket;
}

/// What has come: the datagram, or the content of the file that came in its place.
std::string receive(const Fd& socket, bool& was_file) {
  std::string bytes;
  Fd file;
  CHILD_REQUIRE(test::receive_datagram(socket, bytes, file));
  was_file = static_cast<bool>(file);
  if (was_file) {
    CHILD_REQUIRE(bytes.empty());
    struct stat found{};
    CHILD_REQUIRE(::fstat(file.get(), &found) == 0);
    bytes.resize(static_cast<std::size_t>(found.st_size));
    CHILD_REQUIRE(::pread(file.get(), bytes.data(), bytes.size(), 0) == found.st_size);
  }
  return bytes;
}

std::string sent_by_libsystemd(const Fd& socket, const Fields& fields, bool& was_file) {
  std::vector<std::string> lines;
  for (const Field& field : fields) {
    lines.push_back(field.name + "=" + field.value);
  }
  std::vector<iovec> parts;
  for (std::string& line : lines) {
    parts.push_back({line.data(), line.size()});
  }
  CHILD_REQUIRE(sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) == 0);
  return receive(socket, was_file);
}

std::string sent_by_us(const Fd& socket, const Fields& fields, bool& was_file) {
  JournalEntry entry;
  for (const Field& field : fields) {
    entry.add(field.name, field.value);
  }
  CHILD_REQUIRE(entry.send());
  return receive(socket, was_file);
}
}  // namespace

TEST_CASE("what is sent to the journal is, byte for byte, what libsystemd sends", "[journal]") {
  if (!test::is_root() || !test::can_mount()) {
    SKIP("needs root and mounts of its own");
  }
  const Field identifier = {"SYSLOG_IDENTIFIER", "shmctl"};  // libsystemd adds its own guess otherwise
  const std::vector<Fields> entries = {
      {{"MESSAGE", "Job backup succeeded after 3.2 s"}, {"PRIORITY", "6"}, identifier},
      {{"MESSAGE", "two\nlines"}, identifier, {"SHMCTL_COMMAND", "sh -c a\nb=c\n"}, {"SHMCTL_JOB", "x"}},
      {{"MESSAGE", ""}, identifier, {"SHMCTL_TRIGGER", "\xff\x01="}, {"SHMCTL_WHY", "\n"}},
      {identifier, {"MESSAGE", std::string(10000, 'm')}, {"SHMCTL_COMMAND", "\n" + std::string(70000, 'c')}},
      {identifier, {"MESSAGE", "large"}, {"SHMCTL_COMMAND", std::string(8U << 20U, 'c')}},
  };
  test::succeeds(test::in_own_mounts([&] {
    const Fd socket = listen_as_journal();
    std::size_t files = 0;
    for (const Fields& fields : entries) {
      bool theirs_was_file = false;
      bool ours_was_file = false;
      const std::string theirs = sent_by_libsystemd(socket, fields, theirs_was_file);
      const std::string ours = sent_by_us(socket, fields, ours_was_file);
      CHILD_REQUIRE(ours == theirs);
      CHILD_REQUIRE(ours_was_file == theirs_was_file);
      files += ours_was_file ? 1 : 0;
    }
    CHILD_REQUIRE(files == 1);
    return 0;
  }));
}
