#include "hot/duration.hpp"
#include "catch.hpp"
#include "os/clock.hpp"

using namespace shm::hot;

TEST_CASE("a time is read as users write it", "[hot]") {
  CHECK(duration_in("0") == 0);
  CHECK(duration_in("2") == 2'000'000'000);
  CHECK(duration_in("500ms") == 500'000'000);
  CHECK(duration_in("3s") == 3'000'000'000);
  CHECK(duration_in("5m") == 300'000'000'000);
  CHECK(duration_in("2h") == 7'200'000'000'000);
  CHECK(duration_in("1d") == 86'400'000'000'000);
  CHECK(patience_in("forever") == -1);
  CHECK(patience_in("1s") == 1'000'000'000);
}

TEST_CASE("what is no such time is for others to read", "[hot]") {
  for (const auto* text : {"", "s", "1.5s", "-1", "+1", "1 s", "1week", "99999999999", "forever"}) {
    CAPTURE(text);
    CHECK_FALSE(duration_in(text));
  }
}

TEST_CASE("a deadline lies as far ahead as is said", "[hot]") {
  CHECK(deadline_in(std::nullopt) == 0);
  CHECK(deadline_in("0") == 0);
  CHECK(deadline_in("forever") == -1);
  CHECK_FALSE(deadline_in("soon"));
  const std::int64_t before = shm::os::monotonic_ns();
  const auto until = deadline_in("1h");
  CHECK(*until >= before + 3'600'000'000'000);
  CHECK(*until <= shm::os::monotonic_ns() + 3'600'000'000'000);
}

TEST_CASE("a whole number is all of a word", "[hot]") {
  CHECK(whole_number_in("12") == 12);
  CHECK(whole_number_in("-3") == -3);
  for (const auto* text : {"", "1x", " 1", "9223372036854775808"}) {
    CAPTURE(text);
    CHECK_FALSE(whole_number_in(text));
  }
}
