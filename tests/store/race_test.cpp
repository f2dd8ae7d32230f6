// Processes that create, open and remove one name at once.
#include <fcntl.h>
#include <cstring>
#include <string>
#include "catch.hpp"
#include "store/name.hpp"
#include "store/object_file.hpp"
#include "support/kernel.hpp"
#include "support/own_store.hpp"
#include "support/process.hpp"

using namespace shm::store;
using shm::os::Code;
using test::code_of;
using test::OwnStore;

namespace {
constexpr int processes = 8;
constexpr int rounds = test::sanitized ? 30 : 100;

// The maker's number stands in the configuration and in every word of the payload: a half-made object would show.
NewObject made_by(std::uint64_t maker, std::uint64_t (&payload)[64]) {
  for (auto& word : payload) {
    word = maker;
  }
  NewObject object;
  object.kind = 7;
  object.payload_size = sizeof payload;
  object.config[0] = maker;
  object.payload = std::as_bytes(std::span(payload));
  object.locks = true;
  return object;
}

// 0: whole; else what is wrong.
int look(const Store& store, std::string_view name) {
  const auto object = open_object(store, name, O_RDONLY);
  if (!object) {
    return object.error().code == Code::absent ? 0 : 10;
  }
  const auto header = header_of(*object, name);
  if (!header) {
    return 11;
  }
  std::uint64_t payload[64];
  const auto got = shm::os::read_at(object->file, std::as_writable_bytes(std::span(payload)), header->payload_offset);
  if (!got || *got != sizeof payload) {
    return 12;
  }
  for (const auto word : payload) {
    if (word != header->config[0]) {
      return 13;
    }
  }
  return 0;
}

bool without_unnamed_files() { return test::deny_call_if(SYS_openat, 2, O_TMPFILE & ~O_DIRECTORY, EOPNOTSUPP); }
}  // namespace

TEST_CASE("of eight processes that create one name, exactly one makes it", "[race]") {
  const bool unnamed = GENERATE(true, false);
  const OwnStore store;
  auto& winners = *static_cast<std::uint64_t(*)[rounds]>(test::shared_memory(rounds * sizeof(std::uint64_t)));
  test::Crowd crowd;
  for (std::uint64_t maker = 1; maker <= processes; ++maker) {
    crowd.add([&, maker] {
      if (!unnamed && !without_unnamed_files()) {
        return 1;
      }
      std::uint64_t payload[64];
      const auto object = made_by(maker, payload);
      for (int round = 0; round < rounds; ++round) {
        const auto created = create_object(*store, "round" + std::to_string(round), object);
        if (created) {
          __atomic_add_fetch(&winners[round], maker << 8U | 1U, __ATOMIC_SEQ_CST);
        } else if (created.error().code != Code::exists) {
          return 2;
        }
      }
      return 0;
    });
  }
  crowd.go();
  REQUIRE(crowd.wait());
  for (int round = 0; round < rounds; ++round) {
    const std::string name = "round" + std::to_string(round);
    INFO(name);
    CHECK((winners[round] & 0xffU) == 1);
    const auto object = open_object(*store, name, O_RDONLY);
    REQUIRE(code_of(object) == test::ok);
    CHECK(header_of(*object, name)->config[0] == winners[round] >> 8U);  // and it is the winner's
    CHECK(look(*store, name) == 0);
  }
  CHECK(store.files().size() == 2 * rounds);  // with its lock each, and nothing else
}

TEST_CASE("who opens a name that comes and goes sees a whole object or none", "[race]") {
  const bool unnamed = GENERATE(true, false);
  const OwnStore store;
  auto& seen = test::shared<int>();
  test::Crowd crowd;
  for (std::uint64_t maker = 1; maker <= 4; ++maker) {
    crowd.add([&, maker] {
      if (!unnamed && !without_unnamed_files()) {
        return 1;
      }
      std::uint64_t payload[64];
      const auto object = made_by(maker, payload);
      for (int round = 0; round < 3 * rounds; ++round) {
        const auto created = create_object(*store, "hits", object);
        if (!created && created.error().code != Code::exists) {
          return 2;
        }
        if (const int wrong = look(*store, "hits"); wrong != 0) {
          return wrong;
        }
        if (created) {
          __atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST);
          const auto removed = remove_object(*store, "hits");
          if (!removed && removed.error().code != Code::absent) {
            return 3;
          }
        }
      }
      return 0;
    });
  }
  crowd.go();
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(crowd.wait_for(i) == 0);
  }
  CHECK(seen > 0);
  CHECK_FALSE(test::exists(store / "hits"));
}

TEST_CASE("of those that remove one object, one did", "[race]") {
  const OwnStore store;
  std::uint64_t payload[64];
  auto& removed = test::shared<int>();
  for (int round = 0; round < rounds / 5; ++round) {
    REQUIRE(code_of(create_object(*store, "hits" + std::to_string(round), made_by(1, payload))) == test::ok);
  }
  test::Crowd crowd;
  for (int i = 0; i < processes; ++i) {
    crowd.add([&] {
      for (int round = 0; round < rounds / 5; ++round) {
        const auto done = remove_object(*store, "hits" + std::to_string(round));
        if (done) {
          __atomic_add_fetch(&removed, 1, __ATOMIC_SEQ_CST);
        } else if (done.error().code != Code::absent) {
          return 1;
        }
      }
      return 0;
    });
  }
  crowd.go();
  CHECK(crowd.wait());
  CHECK(removed == rounds / 5);
  CHECK(store.files().empty());
}

TEST_CASE("a file that all need is made once, and all have the same", "[race]") {
  const bool unnamed = GENERATE(true, false);
  const OwnStore store;
  auto& inodes = *static_cast<std::uint64_t(*)[processes]>(test::shared_memory(processes * sizeof(std::uint64_t)));
  for (int round = 0; round < 20; ++round) {
    const std::string name = "job" + std::to_string(round) + ",job.lock";
    test::Crowd crowd;
    for (int i = 0; i < processes; ++i) {
      crowd.add([&, i] {
        if (!unnamed && !without_unnamed_files()) {
          return 1;
        }
        shm::os::FileInfo found;
        const auto file = store->open_or_create_file(name, O_RDWR, &found);
        inodes[i] = found.inode;
        return file && found.size == 0 && (found.mode & 07777U) == 0600 ? 0 : 2;
      });
    }
    crowd.go();
    REQUIRE(crowd.wait());
    for (int i = 1; i < processes; ++i) {
      CHECK(inodes[i] == inodes[0]);
    }
  }
  CHECK(store.files().size() == 20);
}
