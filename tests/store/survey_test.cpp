#include "store/survey.hpp"
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <string>
#include <vector>
#include "catch.hpp"
#include "os/flock.hpp"
#include "store/change_file.hpp"
#include "store/name.hpp"
#include "store/object_file.hpp"
#include "support/kernel.hpp"
#include "support/own_store.hpp"
#include "support/process.hpp"

using namespace shm::store;
using test::OwnStore;

namespace {
struct Line {
  Health health;
  std::string what;
  bool advised;
};
using Lines = std::vector<Line>;

Lines look(const Survey& how) {
  Lines lines;
  survey(
      how,
      [](void* context, const Finding& finding) {
        static_cast<Lines*>(context)->push_back(
            {finding.health, std::string(finding.what.view()), finding.advice != nullptr});
      },
      &lines);
  return lines;
}

Survey of(std::string_view said) {
  Survey how;
  how.said = said;
  how.euid = ::geteuid();
  return how;
}

// The finding that has `words`, with that health and, if it is not good, with advice.
bool has(const Lines& lines, Health health, std::string_view words) {
  for (const auto& line : lines) {
    if (line.what.find(words) != std::string::npos) {
      return line.health == health && (health == Health::good || line.advised);
    }
  }
  return false;
}

bool all_good(const Lines& lines) {
  for (const auto& line : lines) {
    if (line.health == Health::bad) {
      return false;
    }
  }
  return !lines.empty();
}

void make_object(const Store& store, std::string_view name, bool locks = false) {
  NewObject object;
  object.kind = 7;
  object.payload_size = 64;
  object.locks = locks;
  REQUIRE(test::code_of(create_object(store, name, object)) == test::ok);
}

void make_old(const std::string& path) {
  const timespec times[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
}
}  // namespace

TEST_CASE("a good store is found good", "[survey]") {
  const OwnStore store;
  make_object(*store, "hits", true);
  make_object(*store, "rate");
  const Lines lines = look(of(store.path()));
  CHECK(all_good(lines));
  CHECK(has(lines, Health::good, "the directory you named; owner and mode can be trusted"));
  CHECK(has(lines, Health::good, "objects: 2"));
  CHECK(has(lines, Health::good, "free space: "));
  CHECK(has(lines, Health::good, "an object can be made here"));
  CHECK_FALSE(has(lines, Health::warning, "left behind"));
  CHECK(store.files().size() == 3);  // looking changes nothing
}

TEST_CASE("a missing store is a warning, and is made if asked", "[survey]") {
  const test::Directory here;
  auto how = of("");
  const std::string path = here / "store";
  how.said = path;
  CHECK(has(look(how), Health::warning, "no store yet at " + path));
  CHECK_FALSE(test::exists(path));
  how.mend = true;
  CHECK(has(look(how), Health::good, "can be trusted"));
  CHECK(test::exists(path));
}

TEST_CASE("a store that can't be trusted is bad, and nothing is touched", "[survey]") {
  const test::Directory here;
  const std::string path = here / "store";
  test::make_directory(path, 0777);
  auto how = of(path);
  how.mend = true;
  const Lines lines = look(how);
  REQUIRE(lines.size() == 1);
  CHECK(has(lines, Health::bad, "everybody may write"));
  CHECK(has(look(of("no store")), Health::bad, "not a store"));
}

TEST_CASE("an environment that cron lacks is warned of", "[survey]") {
  const OwnStore store;
  const std::string path = store.path();
  auto how = of(path);
  CHECK_FALSE(has(look(how), Health::warning, "SHMCTL_STORE"));
  how.from_environment = true;
  CHECK(has(look(how), Health::warning, "SHMCTL_STORE chose this store"));
}

TEST_CASE("damaged objects and strangers are named", "[survey]") {
  const OwnStore store;
  make_object(*store, "good");
  test::make_file(store / "noise", "noise");
  test::make_file(store / "not a name", "");
  test::make_directory(store / "+named", 0700);
  test::make_file(store / "backup,job", "");
  test::make_file(store / "backup,job.slot.3", "");
  const std::string path = store.path();
  auto how = of(path);
  how.examine = [](const Store& in, std::string_view name) {
    const auto object = open_object(in, name, O_RDONLY);
    const auto header = object ? header_of(*object, name) : std::unexpected(object.error());
    return header ? shm::os::Result<void>() : std::unexpected(header.error());
  };
  const Lines lines = look(how);
  CHECK(has(lines, Health::bad, "object noise is damaged"));
  CHECK(has(lines, Health::warning, "none of shmctl's: not a name"));
  CHECK(has(lines, Health::good, "objects: 2"));
  for (const auto* own : {"good is damaged", "+named", "backup"}) {
    for (const auto& line : lines) {
      CHECK(line.what.find(own) == std::string::npos);
    }
  }
}

TEST_CASE("what killed processes left is counted, and removed once it is old", "[survey]") {
  const OwnStore store;
  make_object(*store, "hits", true);
  const std::string lock = store.files()[0];
  const std::string orphan(lock_name(1).view());
  for (const auto& name : {std::string(",new,0123456789abcdef"), orphan}) {
    test::make_file(store / name, "");
  }
  const std::string path = store.path();
  auto how = of(path);
  CHECK(has(look(how), Health::warning, "left behind: 2"));
  how.mend = true;
  CHECK(has(look(how), Health::warning, "left behind: 2"));  // they may still be somebody's
  for (const auto& name : store.files()) {
    make_old(store / name);
  }
  CHECK_FALSE(has(look(how), Health::warning, "left behind"));
  CHECK(store.files() == std::vector<std::string>{lock, "hits"});
}

TEST_CASE("the record of a dead change is removed once no object refers to it", "[survey]") {
  const OwnStore store;
  make_object(*store, "hits", true);
  static std::uint64_t referred;
  static bool readable;
  const std::uint64_t old = least_change_id + 5;
  const std::uint64_t needed = least_change_id + 6;
  const ChangeFile living = std::move(*ChangeFile::create(*store));
  const auto file = [&](std::uint64_t id) { return store / change_name(id).view(); };
  test::make_file(file(old), "0", 0644);
  test::make_file(file(needed), "1", 0644);
  const std::string path = store.path();
  auto how = of(path);
  how.change_of = [](const Store&, std::string_view) {
    return readable ? shm::os::Result<std::uint64_t>(referred)
                    : std::unexpected(shm::os::fail(shm::os::Code::denied, "open", "hits", "you may not read it"));
  };
  referred = needed;
  readable = true;
  how.mend = true;
  look(how);
  CHECK(test::exists(file(old)));  // too young: something may be on its way
  for (const std::uint64_t id : {old, needed, living.id()}) {
    make_old(file(id));
  }
  SECTION("all objects can be looked at") {
    how.mend = false;
    CHECK(has(look(how), Health::warning, "left behind: 1"));
    how.mend = true;
    CHECK(has(look(how), Health::good, "hits still shows"));
    CHECK_FALSE(test::exists(file(old)));
    CHECK(test::exists(file(needed)));
    CHECK(test::exists(file(living.id())));
    referred = 0;
    CHECK_FALSE(has(look(how), Health::warning, "left behind"));
    CHECK_FALSE(test::exists(file(needed)));
    CHECK(test::exists(file(living.id())));
  }
  SECTION("one can't") {
    readable = false;
    CHECK(has(look(how), Health::warning, "left behind: 2"));
    CHECK(test::exists(file(old)));
  }
}

TEST_CASE("what somebody is making is left alone, however long that takes", "[survey]") {
  const OwnStore store;
  NewObject object;
  object.kind = 7;
  object.payload_size = 64;
  object.locks = true;
  auto unpublished = Unpublished::make(*store, "hits", object);
  REQUIRE(unpublished);
  const std::string building(building_name(5).view());
  test::make_file(store / building, "");
  shm::os::FileInfo found;
  auto held = store->open_file(building, O_RDWR, &found);
  REQUIRE((held && shm::os::try_byte(*held, building_byte).value_or(false)));
  for (const auto& name : store.files()) {
    make_old(store / name);
  }
  const std::string path = store.path();
  auto how = of(path);
  how.mend = true;
  look(how);
  CHECK(store.files().size() == 2);
  held->reset();
  look(how);
  CHECK(store.files().size() == 1);
  REQUIRE(test::code_of(unpublished->publish()) == test::ok);
  CHECK(all_good(look(how)));
  CHECK(store.files().size() == 2);
}

TEST_CASE("a lock whose object can't be read is left alone", "[survey]") {
  const OwnStore store;
  make_object(*store, "hits", true);
  const std::string lock = store.files()[0];
  make_old(store / lock);
  SECTION("damaged") { test::make_file(store / "hits", "noise"); }
  SECTION("planted") { test::make_hard_link(store / "hits", store / "second"); }
  const std::string path = store.path();
  auto how = of(path);
  how.mend = true;
  look(how);
  CHECK(test::exists(store / lock));
}

TEST_CASE("the file system is judged", "[survey]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  const test::Directory here;
  const auto on = [&](const char* options, const std::function<void(Survey&)>& act) {
    test::succeeds(test::in_own_mounts([&] {
      CHILD_REQUIRE(test::mount_tmpfs(here.path().c_str(), options));
      auto how = of(here.path());
      act(how);
      return 0;
    }));
  };
  on("size=8m,mode=700", [](Survey& how) {
    const Lines lines = look(how);
    CHILD_REQUIRE(has(lines, Health::good, "in memory (tmpfs)") && has(lines, Health::good, "free space: 8192 KiB"));
    CHILD_REQUIRE(has(lines, Health::good, "more files"));
  });
  on("size=64k,nr_inodes=50,mode=700", [](Survey& how) {
    const Lines lines = look(how);
    CHILD_REQUIRE(has(lines, Health::warning, "free space: 64 KiB") && has(lines, Health::warning, "more files"));
  });
  on("size=64k,mode=700", [&](Survey& how) {
    const auto store = Store::open(here.path(), 0, Missing::refuse);
    const auto filler = shm::os::create_file_at(store->dir(), "filler", 0600);
    CHILD_REQUIRE(filler && shm::os::allocate(*filler, 0, 64 * 1024).has_value());
    const Lines lines = look(how);
    CHILD_REQUIRE(has(lines, Health::bad, "no memory or disk for one more object"));
    CHILD_REQUIRE(has(lines, Health::warning, "free space: 0 KiB"));
  });
  on("size=64k,mode=700", [&](Survey& how) {
    CHILD_REQUIRE(::mount(nullptr, here.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, "size=64k") == 0);
    const Lines lines = look(how);
    CHILD_REQUIRE(has(lines, Health::bad, "read-only") && has(lines, Health::bad, "no file can be made here"));
  });
  on("size=64k,mode=700", [](Survey& how) {
    CHILD_REQUIRE(test::deny_call_if(SYS_openat, 2, O_TMPFILE & ~O_DIRECTORY, EOPNOTSUPP));
    CHILD_REQUIRE(has(look(how), Health::good, "no unnamed files"));
  });
  on("size=64k,mode=700", [](Survey& how) {
    CHILD_REQUIRE(test::mount_tmpfs("/proc", "size=4k"));
    CHILD_REQUIRE(has(look(how), Health::bad, "/proc is not mounted"));
  });
}

TEST_CASE("each default place is named, and the fallback warned of", "[survey]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  test::succeeds(test::in_own_mounts([] {
    CHILD_REQUIRE(test::mount_tmpfs("/run", "size=4m,mode=755") && test::mount_tmpfs("/dev/shm", "size=4m,mode=1777"));
    auto how = of("");
    how.mend = true;
    CHILD_REQUIRE(has(look(how), Health::good, "store /run/shmctl/sys: root's store"));
    how.said = "@54400";
    CHILD_REQUIRE(has(look(how), Health::good, "store /run/shmctl/g/54400: a group's store"));
    const auto as_user = [](const std::function<void(Survey&)>& act) {
      const auto outcome = test::as_user(54321, 54321, [&] {
        auto own = of("");
        own.mend = true;
        return act(own), 0;
      });
      CHILD_REQUIRE(outcome.exit_status == 0);
    };
    as_user([](Survey& own) {
      const Lines lines = look(own);
      CHILD_REQUIRE(has(lines, Health::good, "store /dev/shm/shmctl-54321: your store"));
      CHILD_REQUIRE(has(lines, Health::warning, "RemoveIPC"));
    });
    test::make_directory("/run/shmctl/u", 01777);
    as_user([](Survey& own) {
      const Lines lines = look(own);
      CHILD_REQUIRE(has(lines, Health::good, "store /run/shmctl/u/54321: your store"));
      CHILD_REQUIRE(has(lines, Health::warning, "from before the package was installed are in /dev/shm/shmctl-54321"));
      own.said = "sys";
      CHILD_REQUIRE(has(look(own), Health::warning, "you can't make objects here"));
    });
    return 0;
  }));
}
