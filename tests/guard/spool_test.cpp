// What a command has written, kept in a file without a name, read while it grows and afterwards.
#include <fcntl.h>
#include <sys/stat.h>
#include "catch.hpp"
#include "guard/spool_reader.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"

using namespace shm;
using namespace shm::guard;

namespace {
constexpr std::uint64_t plenty = 1U << 30U;

void add(Spool& spool, os::Stream stream, std::string_view text) {
  REQUIRE(spool.add(stream, std::as_bytes(std::span(text))));
}
void out(Spool& spool, std::string_view text) { add(spool, os::Stream::out, text); }
void error(Spool& spool, std::string_view text) { add(spool, os::Stream::error, text); }

// Until `end`: "1text" and "2text" for what came on which stream.
std::string rest(SpoolReader& reader, std::uint64_t end) {
  std::string all;
  for (;;) {
    const auto piece = reader.next(end);
    REQUIRE(piece);
    if (!*piece) {
      return all;
    }
    all += std::to_string(static_cast<int>((*piece)->stream)) + std::string((*piece)->bytes);
  }
}

std::string last_lines(Spool& spool, std::uint64_t lines) {
  SpoolReader reader(spool.reading());
  REQUIRE(reader.skip_to_last_lines(lines, spool.size()));
  return rest(reader, spool.size());
}

os::Code code_of_reading(const std::string& content) {
  const test::Directory directory;
  test::make_file(directory / "file", content);
  const os::Fd file(::open((directory / "file").c_str(), O_RDONLY | O_CLOEXEC));
  SpoolReader reader(file.get());
  for (;;) {
    const auto piece = reader.next(content.size());
    if (!piece) {
      return piece.error().code;
    }
    REQUIRE(*piece);
  }
}

std::string word(std::uint64_t number) { return {reinterpret_cast<const char*>(&number), sizeof number}; }
}  // namespace

TEST_CASE("a spool is read in the order in which it was written, by several, while it grows", "[spool]") {
  Spool spool(nullptr, plenty);
  REQUIRE(spool.open());
  SpoolReader first(spool.reading());
  CHECK(rest(first, spool.size()).empty());
  out(spool, "a\n");
  error(spool, "b\n");
  CHECK(rest(first, spool.size()) == "1a\n2b\n");
  out(spool, "c");
  SpoolReader second(spool.reading());
  second.skip_to(spool.size());
  const std::string large(200'000, 'x');
  error(spool, large);
  CHECK(rest(first, spool.size()).starts_with("1c2xxx"));
  CHECK(rest(second, spool.size()).size() == large.size() + 4);  // in pieces, each with its stream
  SpoolReader late(spool.reading());
  CHECK(rest(late, spool.size()).starts_with("1a\n2b\n1c2x"));
  CHECK(late.missed() == 0);
}

TEST_CASE("what is handed out can't be written to", "[spool]") {
  Spool spool(nullptr, plenty);
  out(spool, "a");
  CHECK((::fcntl(spool.reading(), F_GETFL) & O_ACCMODE) == O_RDONLY);
  CHECK((::fcntl(spool.reading(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK(::pwrite(spool.reading(), "x", 1, 0) == -1);
}

TEST_CASE("the last lines are counted over both streams", "[spool]") {
  Spool spool(nullptr, plenty);
  out(spool, "one\ntwo\nth");
  error(spool, "e-one\ne-");
  out(spool, "ree\nfour");
  error(spool, "two\n");
  // The lines by their ends: one, two, e-one, three, e-two, four.
  CHECK(last_lines(spool, 0).empty());
  CHECK(last_lines(spool, 1) == "1four");
  CHECK(last_lines(spool, 2) == "2e-1four2two\n");
  CHECK(last_lines(spool, 3) == "1th2e-1ree\nfour2two\n");
  CHECK(last_lines(spool, 4) == "1th2e-one\ne-1ree\nfour2two\n");
  CHECK(last_lines(spool, 6) == "1one\ntwo\nth2e-one\ne-1ree\nfour2two\n");
  CHECK(last_lines(spool, 100) == last_lines(spool, 6));
}

TEST_CASE("of more than is to be kept the newest is, and a reader learns what it missed", "[spool]") {
  constexpr std::uint64_t most = 1U << 20U;
  Spool spool(nullptr, most);
  out(spool, "first");
  SpoolReader slow(spool.reading());
  CHECK(rest(slow, spool.size()) == "1first");
  const std::string page(4000, 'x');
  for (int i = 0; i < 1000; ++i) {
    out(spool, page + std::to_string(i) + '\n');
  }
  struct stat status{};
  REQUIRE(::fstat(spool.reading(), &status) == 0);
  const std::string all = rest(slow, spool.size());
  CHECK(all.ends_with("x999\n"));
  CHECK(all.size() < most * 11 / 10);
  CHECK(all.size() > most * 9 / 10);
  CHECK(slow.missed() > 2'900'000);
  SpoolReader late(spool.reading());
  CHECK(rest(late, spool.size()) == all);
  CHECK(last_lines(spool, 1) == "1" + page + "999\n");
  if (static_cast<std::uint64_t>(status.st_blocks) * 512 >= most * 5 / 4) {
    WARN("this file system gives nothing back of a file's beginning");
  }
}

TEST_CASE("any file may be taken for a spool: it is refused, and nothing else happens", "[spool]") {
  const auto head = word(pack_frame(FrameKind::gone, 0));
  CHECK(code_of_reading(word(pack_frame(FrameKind::out, 1)) + "a") == os::Code::corrupt);
  CHECK(code_of_reading(head + word(pack_frame(FrameKind::out, 2)) + "a") == os::Code::corrupt);
  CHECK(code_of_reading(head + word(pack_frame(static_cast<FrameKind>(3), 1)) + "a") == os::Code::corrupt);
  CHECK(code_of_reading(head + head + "a") == os::Code::corrupt);
  CHECK(code_of_reading(head + word(UINT64_MAX) + "a") == os::Code::corrupt);
  CHECK(code_of_reading(word(pack_frame(FrameKind::gone, 100)) + "a") == os::Code::corrupt);
  CHECK(code_of_reading(head + word(pack_frame(FrameKind::out, 1)) + "a" + word(0)) == os::Code::corrupt);
  Spool spool(nullptr, plenty);
  out(spool, "a");
  SpoolReader reader(spool.reading());
  while (reader.next(spool.size() + 100).has_value()) {  // further than it goes
  }
  CHECK(reader.next(spool.size() + 100).error().code == os::Code::corrupt);
}

TEST_CASE("whatever stands in the file, a reader comes to an end", "[spool]") {
  Spool spool(nullptr, plenty);
  for (int i = 0; i < 20; ++i) {
    out(spool, "line " + std::to_string(i) + "\n");
    error(spool, "");
  }
  std::string whole(spool.size(), '\0');
  REQUIRE(::pread(spool.reading(), whole.data(), whole.size(), 0) == static_cast<ssize_t>(whole.size()));
  const test::Directory directory;
  test::make_file(directory / "file", whole);
  const os::Fd file(::open((directory / "file").c_str(), O_RDWR | O_CLOEXEC));
  std::uint64_t chance = 1;
  const auto next = [&](std::uint64_t below) {
    chance = chance * 6364136223846793005U + 1442695040888963407U;
    return (chance >> 33U) % below;
  };
  std::size_t refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string content = whole;
    for (std::uint64_t i = next(4) + 1; i > 0; --i) {
      content[next(content.size())] = static_cast<char>(next(3) == 0 ? 0xff : next(4));
    }
    REQUIRE(::pwrite(file.get(), content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()));
    SpoolReader reader(file.get());
    auto good = round % 2 == 0 ? reader.skip_to_last_lines(next(30), content.size()) : os::Result<void>();
    std::uint64_t shown = 0;
    while (good) {
      const auto piece = reader.next(content.size());
      if (!piece) {
        good = std::unexpected(piece.error());
      } else if (*piece) {
        shown += (*piece)->bytes.size();
      } else {
        break;
      }
    }
    refused += good ? 0 : 1;
    REQUIRE(shown <= content.size());
  }
  CHECK(refused > 300);
}

TEST_CASE("a full disk: what was kept can still be read", "[spool]") {
  if (!test::can_mount()) {
    SKIP("needs mounts of its own");
  }
  const test::Directory directory;
  succeeds(test::in_own_mounts([&] {
    CHILD_REQUIRE(test::mount_tmpfs(directory.path().c_str(), "size=64k,mode=755"));
    Spool spool(directory.path().c_str(), plenty);
    const std::string first = "first\n";
    CHILD_REQUIRE(spool.add(os::Stream::out, std::as_bytes(std::span(first))).has_value());
    const std::uint64_t size = spool.size();
    const std::string large(100'000, 'x');
    const auto refused = spool.add(os::Stream::out, std::as_bytes(std::span(large)));
    CHILD_REQUIRE(!refused && refused.error().code == os::Code::full);
    CHILD_REQUIRE(spool.size() == size);
    SpoolReader reader(spool.reading());
    const auto piece = reader.next(spool.size());
    CHILD_REQUIRE(piece && *piece && (*piece)->bytes == first);
    CHILD_REQUIRE(test::files_in(directory.path()).empty());
    return 0;
  }));
}
