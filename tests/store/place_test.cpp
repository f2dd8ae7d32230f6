#include "store/place.hpp"
#include <string>
#include "catch.hpp"

using namespace shm::store;
using shm::os::Code;
using test::code_of;

namespace {
struct Expected {
  std::string_view said;
  std::uint32_t euid;
  bool user_root_exists;
  PlaceKind kind;
  std::string_view path;
  std::uint32_t owner;
  bool named;
};
}  // namespace

TEST_CASE("where a store is follows from the user and the word alone", "[place]") {
  const Expected rows[] = {
      {"", 0, false, PlaceKind::system, "/run/shmctl/sys", 0, false},
      {"", 0, true, PlaceKind::system, "/run/shmctl/sys", 0, false},
      {"", 1000, true, PlaceKind::user, "/run/shmctl/u/1000", 1000, false},
      {"", 1000, false, PlaceKind::fallback, "/dev/shm/shmctl-1000", 1000, false},
      {"", 4294967294, true, PlaceKind::user, "/run/shmctl/u/4294967294", 4294967294, false},
      {"sys", 0, false, PlaceKind::system, "/run/shmctl/sys", 0, false},
      {"sys", 1000, true, PlaceKind::system, "/run/shmctl/sys", 0, false},
      {"sys", 1000, false, PlaceKind::system, "/run/shmctl/sys", 0, false},
      {"web", 0, true, PlaceKind::system, "/run/shmctl/sys/+web", 0, true},
      {"web", 1000, true, PlaceKind::user, "/run/shmctl/u/1000/+web", 1000, true},
      {"web", 1000, false, PlaceKind::fallback, "/dev/shm/shmctl-1000/+web", 1000, true},
      {"a.b:c@d-e_", 0, true, PlaceKind::system, "/run/shmctl/sys/+a.b:c@d-e_", 0, true},
      {"/var/lib/x", 1000, true, PlaceKind::directory, "/var/lib/x", 1000, false},
      {"x/y", 1000, true, PlaceKind::directory, "x/y", 1000, false},
      {"./x", 0, true, PlaceKind::directory, "./x", 0, false},
      {"x/", 0, true, PlaceKind::directory, "x/", 0, false},
      {".", 0, true, PlaceKind::directory, ".", 0, false},
      {"..", 0, true, PlaceKind::directory, "..", 0, false},
      {"/", 0, true, PlaceKind::directory, "/", 0, false},
  };
  for (const auto& row : rows) {
    INFO("--store '" << row.said << "' of " << row.euid << ", user root " << row.user_root_exists);
    const auto place = place_of(row.said, row.euid, row.user_root_exists);
    REQUIRE(code_of(place) == test::ok);
    CHECK(place->kind == row.kind);
    CHECK(place->path.view() == row.path);
    CHECK(place->named == row.named);
    CHECK(place->uid == row.owner);
  }
}

TEST_CASE("each place says what the directories above it must be", "[place]") {
  const auto parents = [](std::string_view said, std::uint32_t euid, bool user_root_exists) {
    const auto place = place_of(said, euid, user_root_exists);
    REQUIRE(code_of(place) == test::ok);
    std::string all;
    for (unsigned i = 0; i < place->parent_count; ++i) {
      const Level& level = place->parents[i];
      CHECK(level.uid == 0);
      char modes[32];
      std::snprintf(modes, sizeof modes, " %o-%o%s;", level.mode_least, level.mode_most, level.ours ? " ours" : "");
      all += std::string(level.path) + modes;
    }
    return all;
  };
  CHECK(parents("", 0, true) == "/run/shmctl 700-755 ours;");
  CHECK(parents("web", 0, true) == "/run/shmctl 700-755 ours;");
  CHECK(parents("", 1000, true) == "/run/shmctl 700-755 ours;/run/shmctl/u 1777-1777;");
  CHECK(parents("", 1000, false) == "/dev/shm 1000-1777;");
  CHECK(parents("@root", 1000, true) == "/run/shmctl 700-755 ours;/run/shmctl/g 700-755 ours;");
  CHECK(parents("/x", 1000, true).empty());
}

TEST_CASE("a group's store is named by the group and knows its number", "[place]") {
  const auto place = place_of("@root", 1000, true);
  REQUIRE(code_of(place) == test::ok);
  CHECK(place->kind == PlaceKind::group);
  CHECK(place->path.view() == "/run/shmctl/g/root");
  CHECK(place->gid == 0);
  CHECK(place_of("@4711", 1000, true)->gid == 4711);
  CHECK(code_of(place_of("@no-such-group", 0, true)) == Code::absent);
}

TEST_CASE("words that name no store are refused", "[place]") {
  for (const std::string word :
       {"@", "@@", "@-x", "-x", "+x", " ", "a b", "a,b", "a\n", "\303\244", "@a,b", ".hidden"}) {
    INFO(word);
    CHECK(code_of(place_of(word, 0, true)) == Code::usage);
    CHECK(code_of(place_of(word, 1000, false)) == Code::usage);
  }
  CHECK(code_of(place_of(std::string(129, 'n'), 0, true)) == Code::usage);
  // A slash makes it a path, not a way out of the groups' directory.
  CHECK(code_of(place_of("@../x", 0, true)) == Code::usage);
  CHECK(code_of(place_of("@a/b", 0, true)) == Code::usage);
}

TEST_CASE("a path that does not fit is refused, not cut", "[place]") {
  const std::string fits = "/" + std::string(sizeof(shm::os::Path) / 2, 'x');
  CHECK(place_of(fits, 0, true)->path.view() == fits);
  CHECK(code_of(place_of("/" + std::string(5000, 'x'), 0, true)) == Code::usage);
  CHECK_FALSE(place_of(std::string(128, 'n'), 4294967294, true)->path.cut());
}
