// What of a command's words to the service manager is passed on.
#include "full/notify_message.hpp"
#include "catch.hpp"

using shm::full::passed_on;
using shm::full::Passing;

TEST_CASE("what says nothing about the supervisor is passed on as it is") {
  Passing passing;
  CHECK(passed_on("STATUS=half done\nX_OWN=1", passing) == "STATUS=half done\nX_OWN=1");
  CHECK(passed_on("BARRIER=1", passing) == "BARRIER=1");
  CHECK(passed_on("FDSTORE=1\nFDNAME=a\n", passing) == "FDSTORE=1\nFDNAME=a");
  CHECK(passed_on("WATCHDOG_USEC=5", passing) == "WATCHDOG_USEC=5");
  CHECK_FALSE(passing.pings);
}

TEST_CASE("the supervisor stays the main process") {
  Passing passing;
  CHECK(passed_on("MAINPID=7", passing).empty());
  CHECK(passed_on("READY=1\nMAINPID=7\nSTATUS=up", passing) == "READY=1\nSTATUS=up");
  CHECK(passed_on("MAINPIDFDID=7\nMAINPIDFD=1", passing).empty());
}

TEST_CASE("ready is said once, and after each reload") {
  Passing passing;
  CHECK(passed_on("READY=1", passing) == "READY=1");
  CHECK(passing.ready_told);
  CHECK(passed_on("READY=1\nSTATUS=again", passing) == "STATUS=again");
  CHECK(passed_on("RELOADING=1\nMONOTONIC_USEC=5", passing) == "RELOADING=1\nMONOTONIC_USEC=5");
  CHECK(passed_on("READY=1", passing) == "READY=1");
  CHECK(passed_on("READY=1", passing).empty());
}

TEST_CASE("the end of a command is the end of the unit, unless more follows") {
  Passing passing;
  CHECK(passed_on("STOPPING=1", passing) == "STOPPING=1");
  passing.more_follows = true;
  CHECK(passed_on("STOPPING=1\nSTATUS=bye", passing) == "STATUS=bye");
}

TEST_CASE("a sign of life is noted") {
  Passing passing;
  CHECK(passed_on("WATCHDOG=1", passing) == "WATCHDOG=1");
  CHECK(passing.pings);
}

TEST_CASE("rubbish says nothing") {
  Passing passing;
  using namespace std::string_view_literals;
  CHECK(passed_on("", passing).empty());
  CHECK(passed_on("\n\n", passing).empty());
  CHECK(passed_on("READY=1\0STATUS=x"sv, passing).empty());
  CHECK_FALSE(passing.ready_told);
  CHECK(passed_on("READY=1\0"sv, passing) == "READY=1");
}
