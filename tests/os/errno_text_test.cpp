#include "os/errno_text.hpp"
#include <cstring>
#include <string>
#include "catch.hpp"

TEST_CASE("errors are called what the C library calls them", "[errno]") {
  for (int number = -1; number < 300; ++number) {
    CAPTURE(number);
    const char* const theirs = strerrordesc_np(number);
    const char* const ours = shm::os::errno_text(number);
    CHECK(std::string(ours != nullptr ? ours : "none") == (theirs != nullptr ? theirs : "none"));
  }
}
