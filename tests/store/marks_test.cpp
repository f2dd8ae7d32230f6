#include "store/marks.hpp"
#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <vector>
#include "catch.hpp"
#include "os/clock.hpp"
#include "support/own_store.hpp"
#include "support/process.hpp"

using namespace shm::store;
using shm::os::Code;
using test::code_of;
using test::ok;
using test::OwnStore;

namespace {
constexpr auto persisted = MarkWhat::persisted;
constexpr auto exported = MarkWhat::exported;

/// "persist objects PATTERN TEXT", one a mark.
std::vector<std::string> lines(const Store& store) {
  const auto marks = read_marks(store);
  REQUIRE(marks);
  std::vector<std::string> all;
  for (const auto& mark : marks->all()) {
    all.push_back(std::string(mark.what == persisted ? "persist " : "export ") +
                  (mark.for_jobs ? "jobs " : "objects ") + std::string(mark.pattern) + " " + std::string(mark.text));
  }
  return all;
}
using Lines = std::vector<std::string>;

Mark mark(MarkWhat what, std::string_view pattern, std::string_view text = "", bool for_jobs = false) {
  return {what, for_jobs, pattern, text};
}
}  // namespace

TEST_CASE("a store has the marks that were set, each once") {
  const OwnStore store;
  CHECK(lines(*store).empty());
  CHECK(store.files().empty());
  REQUIRE(set_mark(*store, mark(persisted, "hits*")));
  REQUIRE(set_mark(*store, mark(exported, "hits", "old")));
  REQUIRE(set_mark(*store, mark(exported, "hits", "two\nlines \1 of it")));
  REQUIRE(set_mark(*store, mark(persisted, "backup", "", true)));
  REQUIRE(set_mark(*store, mark(persisted, "a b")));
  CHECK(lines(*store) == Lines{"persist objects a b ", "persist objects hits* ", "persist jobs backup ",
                               "export objects hits two\nlines \1 of it"});
  CHECK(store.files() == Lines{",marks"});
}

TEST_CASE("a mark that is cleared is gone, and one that is not there is told to be absent") {
  const OwnStore store;
  CHECK(code_of(clear_mark(*store, persisted, false, "x")) == Code::absent);
  CHECK(store.files().empty());
  REQUIRE(set_mark(*store, mark(persisted, "x")));
  CHECK(code_of(clear_mark(*store, exported, false, "x")) == Code::absent);
  CHECK(code_of(clear_mark(*store, persisted, true, "x")) == Code::absent);
  CHECK(code_of(clear_mark(*store, persisted, false, "x")) == ok);
  CHECK(lines(*store).empty());
  CHECK(code_of(clear_mark(*store, persisted, false, "x")) == Code::absent);
}

TEST_CASE("several marks are set in one step, the last of each place") {
  const OwnStore store;
  REQUIRE(set_mark(*store, mark(exported, "b", "before")));
  const Mark several[] = {mark(exported, "b", "first"), mark(exported, "a"), mark(exported, "b", "last")};
  REQUIRE(set_marks(*store, several));
  CHECK(lines(*store) == Lines{"export objects a ", "export objects b last"});
}

TEST_CASE("a mark covers the names that its glob matches") {
  CHECK(mark(persisted, "hits").covers("hits"));
  CHECK_FALSE(mark(persisted, "hits").covers("hits2"));
  CHECK(mark(persisted, "hits.*").covers("hits.eu"));
  CHECK(mark(persisted, "[a-c]?").covers("bz"));
  const OwnStore store;
  REQUIRE(set_mark(*store, mark(exported, "a*", "glob")));
  REQUIRE(set_mark(*store, mark(exported, "j*", "job", true)));
  const auto marks = read_marks(*store);
  REQUIRE(marks);
  REQUIRE(marks->find(exported, false, "abc") != nullptr);
  CHECK(marks->find(exported, false, "abc")->text == "glob");
  CHECK(marks->find(persisted, false, "abc") == nullptr);
  CHECK(marks->find(exported, true, "abc") == nullptr);
  CHECK(marks->find(exported, true, "j1")->text == "job");
}

TEST_CASE("what can't be a mark is refused and changes nothing") {
  const OwnStore store;
  REQUIRE(set_mark(*store, mark(persisted, "x")));
  const std::string long_pattern(longest_pattern + 1, 'x');
  const std::string long_text(longest_mark_text + 1, 'x');
  CHECK(code_of(set_mark(*store, mark(persisted, ""))) == Code::usage);
  CHECK(code_of(set_mark(*store, mark(persisted, "a\nb"))) == Code::usage);
  CHECK(code_of(set_mark(*store, mark(persisted, "a\x7f"))) == Code::usage);
  CHECK(code_of(set_mark(*store, mark(persisted, long_pattern))) == Code::usage);
  CHECK(code_of(set_mark(*store, mark(persisted, "y", long_text))) == Code::usage);
  CHECK(code_of(set_mark(*store, mark(persisted, {long_pattern.data(), longest_pattern}))) == ok);
  CHECK(lines(*store).size() == 2);
  std::vector<std::string> names;
  std::vector<Mark> many;
  for (std::size_t i = 0; i < most_marks; ++i) {
    names.push_back("n" + std::to_string(i));
  }
  for (const auto& name : names) {
    many.push_back(mark(exported, name));
  }
  CHECK(code_of(set_marks(*store, many)) == Code::limit);
  CHECK(lines(*store).size() == 2);
}

TEST_CASE("a damaged file of marks is refused whole") {
  const OwnStore store;
  REQUIRE(set_mark(*store, mark(persisted, "hits", "text")));
  REQUIRE(set_mark(*store, mark(exported, "b", "\n\n")));
  const std::string good = test::content_of(store / ",marks");
  for (std::size_t size = 1; size < good.size(); ++size) {
    test::cut_file(store / ",marks", size);
    INFO(size);
    CHECK(code_of(read_marks(*store)) == Code::corrupt);
    CHECK(code_of(set_mark(*store, mark(persisted, "x"))) == Code::corrupt);
    CHECK(code_of(clear_mark(*store, persisted, false, "hits")) == Code::corrupt);
    test::remove_file(store / ",marks");
    test::make_file(store / ",marks", good);
  }
  for (const std::string_view bad :
       {"shmctl marks 2 0\n", "shmctl marks 1 0\nmore", "shmctl marks 1 99999999999999999999\n", "\n", "rubbish",
        "shmctl marks 1 1\npersist objects 18446744073709551615 1\nx\ny\n",
        "shmctl marks 1 1\npersist objects 0 0\n\n\n", "shmctl marks 1 1\nexport objects 1 0\nx\n\n\n",
        "shmctl marks 1 2\npersist objects 1 0\nx\n\npersist objects 1 0\nx\n\n", "shmctl marks -1 0\n"}) {
    test::remove_file(store / ",marks");
    test::make_file(store / ",marks", bad);
    INFO(bad);
    CHECK(code_of(read_marks(*store)) == Code::corrupt);
  }
  test::remove_file(store / ",marks");
  test::make_file(store / ",marks", "");
  CHECK(lines(*store).empty());
}

TEST_CASE("a planted file of marks is not read") {
  const OwnStore store;
  test::make_file(store / "elsewhere", "shmctl marks 1 0\n");
  test::make_link("elsewhere", store / ",marks");
  CHECK(code_of(read_marks(*store)) == Code::untrusted);
  CHECK(code_of(set_mark(*store, mark(persisted, "x"))) == Code::untrusted);
  test::remove_file(store / ",marks");
  test::make_hard_link(store / "elsewhere", store / ",marks");
  CHECK(code_of(read_marks(*store)) == Code::untrusted);
  test::remove_file(store / ",marks");
  test::make_fifo(store / ",marks");
  CHECK(code_of(read_marks(*store)) == Code::untrusted);
}

TEST_CASE("marks that several processes set at once are all there") {
  const OwnStore store;
  constexpr int writers = 4;
  constexpr int each = 10;
  test::Crowd crowd;
  for (int writer = 0; writer < writers; ++writer) {
    crowd.add([&store, writer] {
      for (int i = 0; i < each; ++i) {
        const std::string name = "w" + std::to_string(writer) + "." + std::to_string(i);
        CHILD_REQUIRE(set_mark(*store, mark(persisted, name)).has_value());
        CHILD_REQUIRE(read_marks(*store).has_value());
      }
      return 0;
    });
  }
  crowd.go();
  CHECK(crowd.wait());
  CHECK(lines(*store).size() == writers * each);
  CHECK(store.files() == Lines{",marks"});
}

TEST_CASE("a killed change of marks leaves the old ones or the new ones, and holds up nobody") {
  const OwnStore store;
  REQUIRE(set_mark(*store, mark(persisted, "x", "old")));
  auto& changes = test::shared<std::atomic<int>>();
  for (int turn = 1; turn <= 20; ++turn) {
    const int before = changes;
    test::Crowd crowd;
    crowd.add([&] {
      for (bool old = false;; old = !old) {
        CHILD_REQUIRE(set_mark(*store, mark(persisted, "x", old ? "old" : "new")).has_value());
        ++changes;
      }
      return 0;
    });
    crowd.go();
    const std::int64_t give_up = shm::os::monotonic_ns() + 60'000'000'000;
    while (changes < before + turn && shm::os::monotonic_ns() < give_up) {
      std::this_thread::yield();
    }
    REQUIRE(changes >= before + turn);
    ::kill(crowd.pids()[0], SIGKILL);
    crowd.wait_for(0);
    const auto found = lines(*store);
    REQUIRE(found.size() == 1);
    CHECK((found[0] == "persist objects x old" || found[0] == "persist objects x new"));
    CHECK(code_of(set_mark(*store, mark(persisted, "x", "old"))) == ok);
  }
}
