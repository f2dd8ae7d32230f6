#include "cli/output.hpp"
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <csignal>
#include <limits>
#include <nlohmann/json.hpp>
#include "catch.hpp"
#include "cli/failure.hpp"
#include "cli/printable.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"

using namespace shm::cli;

namespace {
// What `fill` leaves in an output, as it is written.
template <class Fill>
std::string printed(Fill fill) {
  const auto outcome = test::in_child([&] {
    ::dup2(2, 1);
    Output output;
    fill(output);
    output.flush();
    return 0;
  });
  CHECK(outcome.exit_status == 0);
  return outcome.errors;
}

nlohmann::json read(const Json& object) { return nlohmann::json::parse(object.text()); }
}  // namespace

TEST_CASE("results are lines, as the format says", "[output]") {
  const auto two = [](Format format, bool quiet = false) {
    return printed([&](Output& output) {
      output.format = format;
      output.quiet = quiet;
      output.result("5", Json().add("value", 5));
      output.line("six");
    });
  };
  CHECK(two(Format::text) == "5\nsix\n");
  CHECK(two(Format::raw) == "5six");
  CHECK(two(Format::null) == std::string("5\0six\0", 6));
  CHECK(two(Format::json) == "{\"value\":5}\nsix\n");
  CHECK(two(Format::text, true).empty());
  CHECK(two(Format::json, true).empty());
}

TEST_CASE("help and tables are printed though values are not", "[output]") {
  CHECK(printed([](Output& output) {
          output.quiet = true;
          output.write("help\n");
          output.write(Json().add("a", true));
        }) == "help\n{\"a\":true}\n");
}

TEST_CASE("nothing is printed before flush, and once after it", "[output]") {
  CHECK(printed([](Output& output) {
          output.line("a");
          output.flush();
          output.flush();
          output.line("b");
        }) == "a\nb\n");
}

TEST_CASE("bytes are printed as they are", "[output]") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all += static_cast<char>(byte);
  }
  CHECK(printed([&](Output& output) {
          output.format = Format::raw;
          output.line(all);
        }) == all);
  const std::string large(1U << 20U, 'x');  // more than a pipe holds
  CHECK(printed([&](Output& output) { output.line(large); }) == large + "\n");
}

TEST_CASE("a result that can't be printed is an error", "[output]") {
  const auto failing = [](const char* path) {
    return test::in_child([&] {
             const int file = ::open(path, O_WRONLY | O_CLOEXEC);
             file >= 0 ? ::dup2(file, 1) : ::close(1);
             Output output;
             output.flush();  // nothing to print, nothing to fail
             output.line("5");
             try {
               output.flush();
             } catch (const Failure& failure) {
               CHILD_REQUIRE(failure.error().advice != nullptr);
               return status_of(failure.error().code);
             }
             return 0;
           })
        .exit_status;
  };
  CHECK(failing("/dev/full") == 5);
  CHECK(failing("/none") == 4);
}

TEST_CASE("a result that is printed in part is an error too", "[output]") {
  const test::Directory here;
  const auto outcome = test::in_child([&] {
    const int file = ::open((here / "out").c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    CHILD_REQUIRE(::dup2(file, 1) == 1);
    const rlimit some{100, 100};
    CHILD_REQUIRE(::signal(SIGXFSZ, SIG_IGN) != SIG_ERR && ::setrlimit(RLIMIT_FSIZE, &some) == 0);
    Output output;
    output.line(std::string(200, 'x'));
    try {
      output.flush();
    } catch (const Failure& failure) {
      return status_of(failure.error().code);
    }
    return 0;
  });
  CHECK(outcome.exit_status == 5);
}

TEST_CASE("JSON keeps what it is given", "[output]") {
  const std::string text("\0\1\b\t\n\f\r\"\\/\033\x7f end", 16);
  const auto object = read(Json()
                               .add("text", text)
                               .add("utf8", "h\u00e9llo \u20ac \U0001f600")
                               .add("empty", "")
                               .add("low", std::numeric_limits<std::int64_t>::min())
                               .add("high", std::numeric_limits<std::uint64_t>::max())
                               .add("small", -5)
                               .add("unsigned", 5U)
                               .add("tenth", 0.1)
                               .add("yes", true)
                               .add("no", false)
                               .add("list", std::vector<std::int64_t>{1, -2})
                               .add("objects", std::vector<Json>{Json().add("a", 1), Json()})
                               .add("none", std::vector<Json>{})
                               .add_null("null")
                               .add_raw("raw", "[1]"));
  CHECK(object["text"] == text);
  CHECK(object["utf8"] == "h\u00e9llo \u20ac \U0001f600");
  CHECK(object["empty"] == "");
  CHECK(object["low"] == std::numeric_limits<std::int64_t>::min());
  CHECK(object["high"] == std::numeric_limits<std::uint64_t>::max());
  CHECK(object["small"] == -5);
  CHECK(object["unsigned"] == 5);
  CHECK(object["tenth"] == 0.1);
  CHECK(object["yes"] == true);
  CHECK(object["no"] == false);
  CHECK(object["list"] == nlohmann::json({1, -2}));
  CHECK(object["objects"].dump() == "[{\"a\":1},{}]");
  CHECK(object["none"].dump() == "[]");
  CHECK(object["null"].is_null());
  CHECK(object["raw"].dump() == "[1]");
  CHECK(Json().text() == "{}");
}

TEST_CASE("JSON is one line of valid UTF-8, in the order given, whatever it is given", "[output]") {
  CHECK(Json().add("b", 1).add("a", 2).text() == "{\"b\":1,\"a\":2}");
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = "x" + std::string(1, static_cast<char>(byte)) + "y";
    const std::string line = Json().add(text, text).text();
    CHECK(line.find('\n') == std::string::npos);
    const auto object = nlohmann::json::parse(line);  // throws for what is not UTF-8
    const std::string kept = object.begin().value();
    CHECK(kept == (byte < 0x80 ? text : "x\uFFFDy"));
    CHECK(object.begin().key() == kept);
  }
  CHECK(read(Json().add("cut", "\xe2\x82"))["cut"].get<std::string>().find("\uFFFD") == 0);
  CHECK(Json().add("nan", std::numeric_limits<double>::quiet_NaN()).text() == "{\"nan\":null}");
}

TEST_CASE("a table's columns are as wide as they must be", "[output]") {
  Table table({"KIND", "NAME", "N"});
  CHECK(table.empty());
  table.add({"counter", "a", "1"});
  table.add({"job", "long-name", ""});
  CHECK_FALSE(table.empty());
  CHECK(table.text() ==
        "KIND     NAME       N\n"
        "counter  a          1\n"
        "job      long-name  \n");
}

TEST_CASE("text of unknown origin does not steer a terminal", "[output]") {
  CHECK(printable("plain h\u00e9llo \u20ac") == "plain h\u00e9llo \u20ac");
  CHECK(printable(std::string_view("a\0b\n\t\033[31m\x7f", 11)) == "a?b???[31m?");
  for (unsigned c = 0; c < 32; ++c) {
    CHECK(printable(std::string(1, static_cast<char>(c))) == "?");
  }
  CHECK(printable("\u009b31m").find('\x9b') == std::string::npos);  // the control that is like ESC [
  CHECK(printable("\u00a0") == "\u00a0");
}
