#include "store/save_file.hpp"
#include <unistd.h>
#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <vector>
#include "catch.hpp"
#include "os/clock.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"

using namespace shm::store;
using shm::os::Code;
using test::code_of;
using test::ok;

namespace {
using Lines = std::vector<std::string>;
using Old = SaveWriter::Old;

/// A directory to save to.
struct Saves {
  test::Directory directory;
  [[nodiscard]] std::string file(std::string_view suffix = "") const {
    return directory / "x.save" + std::string(suffix);
  }
  [[nodiscard]] SavePlace place() const {
    auto place = SavePlace::open(file(), {}, ::geteuid());
    REQUIRE(place);
    return std::move(*place);
  }
  [[nodiscard]] Lines files() const { return test::files_in(directory.path()); }
};

shm::os::Result<void> save(const SavePlace& place, const Lines& lines, Old old = Old::checked) {
  auto writer = SaveWriter::begin(place, old, R"(,"more":true)");
  if (!writer) {
    return std::unexpected(writer.error());
  }
  for (const auto& line : lines) {
    if (auto done = writer->add(line); !done) {
      return done;
    }
  }
  return writer->finish();
}

shm::os::Result<Lines> read(const SavePlace& place, std::string_view suffix = "") {
  const auto file = SaveFile::open(place, suffix);
  if (!file) {
    return std::unexpected(file.error());
  }
  Lines lines;
  const auto done = file->each_line(
      [](void* context, std::string_view line, std::uint64_t number) {
        auto& all = *static_cast<Lines*>(context);
        all.emplace_back(line);
        return number == all.size() + 1;
      },
      &lines);
  return done ? shm::os::Result<Lines>(lines) : std::unexpected(done.error());
}

void put(const std::string& path, std::string_view content) {
  if (test::exists(path)) {
    test::remove_file(path);
  }
  test::make_file(path, content);
}
}  // namespace

TEST_CASE("what is saved is read back, and the one before it as well") {
  const Saves saves;
  const auto place = saves.place();
  CHECK(code_of(read(place)) == Code::absent);
  const Lines first = {"a", "", std::string(700'000, 'x'), "\x01\xff", "end"};
  REQUIRE(save(place, first));
  CHECK(saves.files() == Lines{"x.save"});
  CHECK(read(place).value() == first);
  REQUIRE(save(place, {}));
  CHECK(saves.files() == Lines{"x.save", "x.save.1"});
  CHECK(read(place).value().empty());
  CHECK(read(place, ".1").value() == first);
  REQUIRE(save(place, {"third"}));
  CHECK(read(place, "").value() == Lines{"third"});
  CHECK(read(place, ".1").value().empty());
  const auto now = shm::os::realtime_ns();
  const auto saved = SaveFile::open(place, "")->saved_ns();
  CHECK((saved <= now && now - saved < 60'000'000'000));
}

TEST_CASE("the mode of what is saved: the owner's alone, and what the owner made of it stays") {
  const Saves saves;
  const auto place = saves.place();
  REQUIRE(save(place, {"a"}));
  CHECK((shm::os::info_of(saves.file())->mode & 07777U) == 0600);
  test::change_mode(saves.file(), 0644);
  REQUIRE(save(place, {"b"}));
  CHECK((shm::os::info_of(saves.file())->mode & 07777U) == 0644);
}

TEST_CASE("a file that is cut short anywhere, or changed anywhere, is told from a whole one") {
  const Saves saves;
  const auto place = saves.place();
  REQUIRE(save(place, {"first line", "second line"}));
  const std::string good = test::content_of(saves.file());
  for (std::size_t size = 0; size < good.size(); ++size) {
    put(saves.file(), std::string_view(good).substr(0, size));
    INFO(size);
    CHECK(code_of(SaveFile::open(place, "")) == Code::corrupt);
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    put(saves.file(), bad);
    INFO(at);
    CHECK(code_of(SaveFile::open(place, "")) == Code::corrupt);
  }
  for (const std::string& bad : {good + good, good + "x", good + "\n", "\n" + good, std::string(good.size(), '\0')}) {
    put(saves.file(), bad);
    CHECK(code_of(SaveFile::open(place, "")) == Code::corrupt);
  }
  put(saves.file(), good);
  CHECK(read(place).value() == Lines{"first line", "second line"});
}

TEST_CASE("what is wrong with a file is told apart") {
  const Saves saves;
  const auto place = saves.place();
  REQUIRE(save(place, {"line"}));
  const std::string good = test::content_of(saves.file());
  const auto why = [&](std::string_view content) {
    put(saves.file(), content);
    const auto file = SaveFile::open(place, "");
    REQUIRE_FALSE(file);
    return std::string(file.error().why);
  };
  CHECK(why("") == "it is empty");
  CHECK(why("# some other file\n") == "it was not written by save");
  CHECK(why(R"({"shmctl-save":2,"else":1})"
            "\n") == "it was written by another version of save");
  CHECK(why(good.substr(0, good.size() - 1)) == "it is torn: its end is missing");
  CHECK(why(good.substr(0, 4)) == "it is torn: its end is missing");
  std::string changed = good;
  changed[changed.find("line")] = 'L';
  CHECK(why(changed) == "it was changed since it was saved: its checksum is another one");
}

TEST_CASE("a save that is not finished leaves what was there") {
  const Saves saves;
  const auto place = saves.place();
  {
    auto writer = SaveWriter::begin(place, Old::checked, "");
    REQUIRE(writer);
    REQUIRE(writer->add("never"));
  }
  CHECK(saves.files().empty());
  REQUIRE(save(place, {"a"}));
  {
    auto writer = SaveWriter::begin(place, Old::checked, "");
    REQUIRE(writer);
    REQUIRE(writer->add(std::string(2'000'000, 'x')));
  }
  CHECK(saves.files() == Lines{"x.save"});
  CHECK(read(place).value() == Lines{"a"});
}

TEST_CASE("a file of something else is not replaced, unless that is asked for") {
  const Saves saves;
  const auto place = saves.place();
  put(saves.file(), "precious\n");
  CHECK(code_of(save(place, {"a"})) == Code::exists);
  CHECK(test::content_of(saves.file()) == "precious\n");
  CHECK(saves.files() == Lines{"x.save"});
  REQUIRE(save(place, {"a"}, Old::replaced));
  CHECK(test::content_of(saves.file(".1")) == "precious\n");
  CHECK(code_of(save(place, {"a"})) == Code::exists);
  put(saves.file(".1"), "");
  CHECK(code_of(save(place, {"b"})) == ok);
}

TEST_CASE("what a killed save left is cleared away by the next") {
  const Saves saves;
  const auto place = saves.place();
  REQUIRE(save(place, {"a"}));
  REQUIRE(save(place, {"b"}));
  const std::string b = test::content_of(saves.file());
  put(saves.file(".new"), "{\"shmctl-save\":1,\"half");
  REQUIRE(save(place, {"c"}));
  // Between the exchange and the last rename.
  put(saves.file(".new"), b);
  CHECK(read(place).value() == Lines{"c"});
  REQUIRE(save(place, {"d"}));
  CHECK(saves.files() == Lines{"x.save", "x.save.1"});
  CHECK(read(place).value() == Lines{"d"});
  CHECK(read(place, ".1").value() == Lines{"c"});
}

TEST_CASE("an old file can be kept under a name of its own") {
  const Saves saves;
  const auto place = saves.place();
  for (const char* line : {"a", "b", "c"}) {
    auto writer = SaveWriter::begin(place, Old::checked, "");
    REQUIRE(writer);
    REQUIRE(writer->keep_old_as(".kept"));
    REQUIRE(writer->add(line));
    REQUIRE(writer->finish());
  }
  CHECK(saves.files() == Lines{"x.save", "x.save.1", "x.save.kept"});
  CHECK(read(place, ".kept").value() == Lines{"a"});
}

TEST_CASE("a group shares what is saved of its store, and root reads nothing that others wrote") {
  if (!test::is_root()) {
    SKIP("needs root");
  }
  const Saves saves;
  const auto place = SavePlace::open(saves.file(), 4711, 0);
  REQUIRE(place);
  REQUIRE(save(*place, {"a"}));
  const auto info = shm::os::info_of(saves.file());
  CHECK(info->gid == 4711);
  CHECK((info->mode & 07777U) == 0640);
  test::change_owner(saves.file(), 4001, 4711);
  CHECK(code_of(read(*place)) == Code::untrusted);
  const auto member = SavePlace::open(saves.file(), 4711, 4002);
  CHECK(read(*member).value() == Lines{"a"});
  const auto stranger = SavePlace::open(saves.file(), {}, 4002);
  CHECK(code_of(read(*stranger)) == Code::untrusted);
}

TEST_CASE("what somebody has planted is not used") {
  const Saves saves;
  const auto place = saves.place();
  put(saves.directory / "elsewhere", "precious\n");
  for (const char* suffix : {"", ".1", ".new"}) {
    INFO(suffix);
    test::make_link("elsewhere", saves.file(suffix));
    CHECK(code_of(save(place, {"a"}, Old::replaced)) == Code::untrusted);
    test::remove_file(saves.file(suffix));
    test::make_fifo(saves.file(suffix));
    CHECK(code_of(save(place, {"a"}, Old::replaced)) == Code::untrusted);
    test::remove_file(saves.file(suffix));
    CHECK(saves.files() == Lines{"elsewhere"});
  }
  CHECK(test::content_of(saves.directory / "elsewhere") == "precious\n");
  REQUIRE(save(place, {"a"}));
  test::change_mode(saves.file(), 0666);
  CHECK(code_of(read(place)) == Code::untrusted);
  CHECK(code_of(save(place, {"b"}, Old::replaced)) == Code::untrusted);
  if (!test::is_root()) {
    SKIP("needs root");
  }
  test::change_mode(saves.file(), 0600);
  test::change_owner(saves.file(), 4001, 4001);
  CHECK(code_of(read(place)) == Code::untrusted);
  CHECK(code_of(save(place, {"b"}, Old::replaced)) == Code::untrusted);
}

TEST_CASE("root follows no link to the directory, others do") {
  const Saves saves;
  test::make_link(saves.directory.path(), saves.directory / "link");
  const auto by_link = saves.directory / "link" + "/x.save";
  CHECK(code_of(SavePlace::open(by_link, {}, 4001)) == ok);
  CHECK(code_of(SavePlace::open(by_link, {}, 0)) == Code::untrusted);
  CHECK(code_of(SavePlace::open(saves.directory / "none/x", {}, 0)) == Code::absent);
  CHECK(code_of(SavePlace::open(saves.directory / "none/x", {}, 4001)) == Code::absent);
  CHECK(code_of(SavePlace::open(saves.directory / ".", {}, 0)) == Code::usage);
  CHECK(code_of(SavePlace::open(saves.directory / "", {}, 0)) == Code::usage);
}

TEST_CASE("a full file system leaves what was saved before") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  const Saves saves;
  test::succeeds(test::in_own_mounts([&] {
    CHILD_REQUIRE(test::mount_tmpfs(saves.directory.path().c_str(), "size=64k,mode=755"));
    const auto place = SavePlace::open(saves.file(), {}, ::geteuid());
    CHILD_REQUIRE(place.has_value());
    CHILD_REQUIRE(save(*place, {"small"}).has_value());
    CHILD_REQUIRE(code_of(save(*place, {std::string(300'000, 'x')})) == Code::full);
    CHILD_REQUIRE(test::files_in(saves.directory.path()) == Lines{"x.save"});
    CHILD_REQUIRE(read(*place).value() == Lines{"small"});
    CHILD_REQUIRE(save(*place, {"small again"}).has_value());
    return 0;
  }));
}

TEST_CASE("of saves at once each is whole, and the last to begin is the newest") {
  const Saves saves;
  const auto place = saves.place();
  auto& order = test::shared<std::atomic<int>>();
  test::Crowd crowd;
  constexpr int savers = 4;
  constexpr int each = 15;
  for (int saver = 0; saver < savers; ++saver) {
    crowd.add([&] {
      for (int i = 0; i < each; ++i) {
        auto writer = SaveWriter::begin(place, Old::checked, "");
        CHILD_REQUIRE(writer.has_value());
        const std::string mine = std::to_string(++order);
        for (int line = 0; line < 50; ++line) {
          CHILD_REQUIRE(writer->add(mine).has_value());
        }
        CHILD_REQUIRE(writer->finish().has_value());
        const auto now = read(place);
        CHILD_REQUIRE(now && now->size() == 50 && now->front() == now->back());
        CHILD_REQUIRE(std::stoi(now->front()) >= std::stoi(mine));
        const auto older = read(place, ".1");
        CHILD_REQUIRE(older || older.error().code == Code::absent);
      }
      return 0;
    });
  }
  crowd.go();
  CHECK(crowd.wait());
  CHECK(saves.files() == Lines{"x.save", "x.save.1"});
  CHECK(read(place)->front() == std::to_string(savers * each));
  CHECK(read(place, ".1")->front() == std::to_string(savers * each - 1));
}

TEST_CASE("a killed save leaves the last one that was done, or its own, and holds up nobody") {
  const Saves saves;
  const auto place = saves.place();
  REQUIRE(save(place, {"0"}));
  auto& done = test::shared<std::atomic<int>>();
  for (int turn = 1; turn <= 30; ++turn) {
    const int before = done;
    test::Crowd crowd;
    crowd.add([&] {
      for (;;) {
        CHILD_REQUIRE(save(place, Lines(20, std::to_string(done + 1))).has_value());
        ++done;
      }
      return 0;
    });
    crowd.go();
    const std::int64_t give_up = shm::os::monotonic_ns() + 60'000'000'000;
    while (done < before + turn % 7 && shm::os::monotonic_ns() < give_up) {
      std::this_thread::yield();
    }
    ::kill(crowd.pids()[0], SIGKILL);
    crowd.wait_for(0);
    const auto now = read(place);
    REQUIRE(now);
    const int found = std::stoi(now->front());
    CHECK((found == done || found == done + 1));
    done = found;
    REQUIRE(save(place, Lines(20, std::to_string(++done))));
    CHECK(std::stoi(read(place, ".1")->front()) == done - 1);
    CHECK(saves.files() == Lines{"x.save", "x.save.1"});
  }
}
