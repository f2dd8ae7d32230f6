#include "store/name.hpp"
#include <string>
#include "catch.hpp"

using namespace shm::store;

TEST_CASE("every byte is allowed in a name, or is not, by its place", "[name]") {
  const std::string first = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  const std::string later = first + ".:@-";
  for (int byte = 0; byte < 256; ++byte) {
    const std::string c(1, static_cast<char>(byte));
    INFO("byte " << byte);
    CHECK(valid_name(c) == (byte != 0 && first.find(c) != std::string::npos));
    CHECK(valid_name("a" + c) == (later.find(c) != std::string::npos));
    CHECK(valid_name("a" + c + "b") == (later.find(c) != std::string::npos));
  }
}

TEST_CASE("a name has 1 to 128 bytes", "[name]") {
  CHECK_FALSE(valid_name(""));
  CHECK(valid_name("a"));
  CHECK(valid_name(std::string(128, 'a')));
  CHECK_FALSE(valid_name(std::string(129, 'a')));
  CHECK_FALSE(valid_name(std::string(100000, 'a')));
}

TEST_CASE("a name is no path, no option, no hidden file and none of the store's own files", "[name]") {
  for (const auto* word :
       {".", "..", "a/b", "/", "-5", "--", ".hidden", "+store", ",new,0123456789abcdef", "x,job",
        "x,lock,0123456789abcdef", ",lock,0123456789abcdef", "a b", "a\n", "\303\244", "@group", ":", "a*", "a=b"}) {
    INFO(word);
    CHECK_FALSE(valid_name(word));
    const auto checked = check_name(word);
    CHECK(test::code_of(checked) == shm::os::Code::usage);
    CHECK(checked.error().advice != nullptr);
  }
  for (const auto* word : {"_", "0", "a.b", "a..b", "web:80", "user@host", "a-", "backup-2026.01"}) {
    INFO(word);
    CHECK(test::code_of(check_name(word)) == test::ok);
  }
}

TEST_CASE("a lock's name has the object's id, and is no object's", "[name]") {
  CHECK(lock_name(0x1f).view() == ",lock,000000000000001f");
  CHECK_FALSE(valid_name(lock_name(0x1f).view()));
  CHECK(id_of_lock(",lock,ffffffffffffffff") == ~std::uint64_t{0});
  for (const auto* other : {"", "hits", ",lock,", ",lock,1f", ",lock,00000000000000001f", ",lock,000000000000001F",
                            ",new,000000000000001f", "hits,lock,000000000000001f"}) {
    INFO(other);
    CHECK(id_of_lock(other) == 0);
  }
}

TEST_CASE("an object that is being made has a name that none can have", "[name]") {
  CHECK(is_building_name(building_name(7).view()));
  CHECK_FALSE(valid_name(building_name(7).view()));
  CHECK_FALSE(is_building_name(lock_name(7).view()));
  CHECK_FALSE(is_building_name("hits"));
}

TEST_CASE("an inbox has a name that none can have", "[name]") {
  CHECK(is_inbox_name(inbox_name("backup").view()));
  CHECK_FALSE(valid_name(inbox_name("backup").view()));
  for (const auto* other : {"", ",inbox", "inbox", "backup,inbox,inbox", "/,inbox", "backup,inbo", "backup,job"}) {
    INFO(other);
    CHECK_FALSE(is_inbox_name(other));
  }
}
