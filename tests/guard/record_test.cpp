#include "guard/record.hpp"
#include <cstddef>
#include <cstring>
#include "guard/job_files.hpp"
#include "store/name.hpp"
#include "support.hpp"

using namespace shm;
using namespace shm::guard;
using os::Code;
using test::code_of;

TEST_CASE("a job's files have names that no object can have", "[record]") {
  CHECK(record_name("a").view() == "a,job");
  CHECK(lock_name("a").view() == "a,job.lock");
  CHECK(slot_name("a", 12).view() == "a,job.slot.12");
  CHECK(queue_name("a").view() == "a,job.slot.queue");
  CHECK(job_of_record("a,job") == "a");
  for (const auto* other : {"a", "a,job.lock", "a,job.slot.0", ",job", "-a,job", "a,lock,0", "a/b,job", "a,job,job"}) {
    INFO(other);
    CHECK(job_of_record(other).empty());
    CHECK_FALSE(store::valid_name(record_name(other).view()));
  }
  CHECK(is_slot_file("a,job.slot.3", "a"));
  CHECK(is_slot_file("a,job.slot.queue", "a"));
  CHECK_FALSE(is_slot_file("ab,job.slot.3", "a"));
  CHECK_FALSE(is_slot_file("a,job.lock", "a"));
}

TEST_CASE("the layout is on disk, and stays", "[record]") {
  CHECK(offsetof(Summary, releases) == 10 * 8);
  CHECK(offsetof(Entry, command_pid) == 2 * 8);
  CHECK(offsetof(Entry, boot_high) == 6 * 8);
  CHECK(offsetof(Entry, command) == 256);
  for (const auto mode : {Mode::exclusive, Mode::shared, Mode::slot}) {
    for (const bool via_socket : {false, true}) {
      const auto state = pack_state(mode, 77, via_socket);
      CHECK(mode_of(state) == mode);
      CHECK(slot_of(state) == 77);
      CHECK(via_socket_of(state) == via_socket);
    }
    CHECK(pack_state(mode, 0, false) != 0);
  }
  CHECK(mode_of(0xffffffffU) == Mode::exclusive);  // what nobody wrote excludes everybody
}

TEST_CASE("a record is made once, whole, with its seven entries free", "[record]") {
  const test::OwnStore store;
  CHECK(code_of(Record::open(*store, "a", os::Access::read)) == Code::absent);
  const auto made = Record::open_or_create(*store, "a");
  REQUIRE(made);
  CHECK(made->entries() == 7);
  CHECK(made->info().size == first_size);
  CHECK((made->info().mode & 07777U) == 0600);
  CHECK(store.files() == std::vector<std::string>{"a,job"});
  for (std::size_t i = 0; i < made->entries(); ++i) {
    CHECK(made->entry(i).state.load() == 0);
    CHECK_FALSE(made->taken(i));
  }
  made->summary().runs.add(3);
  const auto again = Record::open_or_create(*store, "a");
  REQUIRE(again);
  CHECK(again->info().same_file(made->info()));
  CHECK(again->summary().runs.load() == 3);
  const auto reading = Record::open(*store, "a", os::Access::read);
  REQUIRE(reading);
  CHECK(reading->summary().runs.load() == 3);
}

TEST_CASE("whoever makes it first, all have one record", "[record]") {
  for (int round = 0; round < 20; ++round) {
    const test::OwnStore store;
    test::Crowd crowd;
    for (int i = 0; i < 4; ++i) {
      crowd.add([&] {
        const auto record = Record::open_or_create(*store, "a");
        CHILD_REQUIRE(record.has_value());
        record->summary().runs.add(1);
        return 0;
      });
    }
    crowd.go();
    CHECK(crowd.wait());
    CHECK(Record::open(*store, "a", os::Access::read)->summary().runs.load() == 4);
  }
}

TEST_CASE("what is no record is corrupt or not trusted", "[record]") {
  const test::OwnStore store;
  REQUIRE(Record::open_or_create(*store, "good"));
  const std::string good = test::content_of(store / "good,job");
  const auto try_content = [&](const std::string& content) {
    test::make_file(store / "a,job", content);
    return code_of(Record::open_or_create(*store, "a"));
  };
  CHECK(try_content(good) == test::ok);
  CHECK(try_content("") == Code::corrupt);
  CHECK(try_content(std::string(4096, '\0')) == Code::corrupt);
  CHECK(try_content(good.substr(0, 4095)) == Code::corrupt);
  CHECK(try_content(good.substr(0, 127)) == Code::corrupt);
  for (std::size_t byte = 0; byte < sizeof(store::Header); ++byte) {
    std::string bad = good;
    bad[byte] = static_cast<char>(bad[byte] ^ 0x10);
    INFO(byte);
    CHECK(try_content(bad) == Code::corrupt);
  }
  // A whole header, of another kind or with the payload elsewhere.
  const auto with = [&](auto change) {
    store::Header header;
    std::memcpy(&header, good.data(), sizeof header);
    change(header);
    header.check = store::checksum(header);
    std::string content = good;
    std::memcpy(content.data(), &header, sizeof header);
    return content;
  };
  CHECK(try_content(with([](store::Header& header) { header.kind = 1; })) == Code::corrupt);
  CHECK(try_content(with([](store::Header& header) {
          header.payload_offset = 256;
          header.payload_size = 0;
        })) == Code::corrupt);
  CHECK(try_content(with([](store::Header& header) { header.payload_size = ~0ULL; })) == Code::corrupt);
  test::change_mode(store / "good,job", 0602);
  CHECK(code_of(Record::open_or_create(*store, "good")) == Code::untrusted);
}

TEST_CASE("an entry belongs to one open record, until that is closed", "[record]") {
  const test::OwnStore store;
  const auto one = Record::open_or_create(*store, "a");
  const auto two = Record::open_or_create(*store, "a");
  const auto reader = Record::open(*store, "a", os::Access::read);
  REQUIRE((one && two && reader));
  CHECK(one->take(0).value());
  CHECK_FALSE(two->take(0).value());
  CHECK(two->take(1).value());
  CHECK(reader->taken(0));
  CHECK(reader->taken(1));
  CHECK_FALSE(reader->taken(2));
  one->give_back(0);
  CHECK_FALSE(reader->taken(0));
  {
    const auto three = Record::open_or_create(*store, "a");
    CHECK(three->take(2).value());
    CHECK(reader->taken(2));
  }
  CHECK_FALSE(reader->taken(2));
}

TEST_CASE("a record grows a page at a time, up to 255 entries, and others see it", "[record]") {
  const test::OwnStore store;
  auto one = Record::open_or_create(*store, "a");
  auto two = Record::open_or_create(*store, "a");
  REQUIRE((one && two));
  REQUIRE(one->grow().value());
  CHECK(one->entries() == 15);
  CHECK(two->entries() == 7);
  REQUIRE(two->refresh());
  CHECK(two->entries() == 15);
  one->entry(14).token.store(9);
  CHECK(two->entry(14).token.load() == 9);
  while (one->grow().value()) {
  }
  CHECK(one->entries() == most_entries);
  CHECK_FALSE(one->grow().value());
  CHECK(code_of(Record::open(*store, "a", os::Access::read)) == test::ok);
  // Larger than it can be: the rest does not count.
  test::make_file(store / "b,job", test::content_of(store / "a,job") + std::string(100000, 'x'));
  const auto large = Record::open(*store, "b", os::Access::write);
  REQUIRE(large);
  CHECK(large->entries() == most_entries);
}

TEST_CASE("no space for a record, or for more of it, is full and leaves nothing", "[record]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  const test::Directory directory;
  const auto outcome = test::in_own_mounts([&] {
    test::make_directory(directory / "small", 0700);
    CHILD_REQUIRE(test::mount_tmpfs((directory / "small").c_str(), "size=16k,mode=700"));
    const auto store = store::Store::open(directory / "small", ::geteuid(), store::Missing::refuse);
    CHILD_REQUIRE(store.has_value());
    auto record = Record::open_or_create(*store, "a");
    CHILD_REQUIRE(record.has_value());
    CHILD_REQUIRE(code_of(record->grow()) == Code::full);
    CHILD_REQUIRE(record->entries() == 7);
    CHILD_REQUIRE(code_of(Record::open_or_create(*store, "b")) == Code::full);
    CHILD_REQUIRE(test::files_in(directory / "small") == std::vector<std::string>{"a,job"});
    return 0;
  });
  succeeds(outcome);
}
