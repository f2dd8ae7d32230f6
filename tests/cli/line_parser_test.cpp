// What LineParser reads is what parse() reads, whichever way it goes.
#include "cli/line_parser.hpp"
#include <random>
#include "catch.hpp"
#include "cli/program.hpp"

using shm::cli::Call;
using shm::cli::Format;
using shm::cli::LineParser;
using test::Words;

namespace {
std::vector<std::string_view> views(const Words& words) { return {words.begin(), words.end()}; }

std::string shown(const Words& words) {
  std::string line;
  for (const auto& word : words) {
    line += " '" + word + "'";
  }
  return line;
}

struct Seen {
  std::string why;  // it is refused
  std::string verb;
  Words operands;
  Words options;
  Format format = Format::text;
  bool quiet = false;
  bool operator==(const Seen&) const = default;
};

Seen seen(const Call& call) {
  Seen all;
  all.verb = call.verb != nullptr ? std::string(call.verb->name) : (call.help ? "help" : "version");
  all.operands = call.operands;
  for (const auto& given : call.options) {
    all.options.push_back(given.name + "=" + given.argument);
  }
  if (!call.help && !call.version) {  // nothing else is printed then
    all.format = call.output.format;
    all.quiet = call.output.quiet;
  }
  return all;
}

Seen by_parse(const Words& words) {
  try {
    return seen(test::parsed(words));
  } catch (const shm::cli::Usage& usage) {
    return {usage.what(), {}, {}, {}, Format::text, false};
  }
}

Seen by_line(LineParser& parser, Call& call, const Words& words) {
  try {
    parser.parse(views(words), call);
    return seen(call);
  } catch (const shm::cli::Usage& usage) {
    return {usage.what(), {}, {}, {}, Format::text, false};
  }
}

Call outer(const Words& options = {}) {
  Words words = {"ls"};
  words.insert(words.end(), options.begin(), options.end());
  return test::parsed(words);
}
}  // namespace

TEST_CASE("words are read as parse() reads them", "[line_parser]") {
  const Call exec = outer();
  LineParser parser(exec);
  Call call;  // one for all lines: nothing of a line is left in the next
  call.program = exec.program;
  const std::string_view some[] = {
      "counter",    "incr",   "cas",   "create",    "ls",     "run",        "value",     "x",
      "-5",         "5",      "",      "-",         "--",     "--json",     "--raw",     "-0",
      "--null",     "-q",     "--min", "--min=3",   "--min=", "-k",         "-kjob",     "--kind",
      "--store",    "-l",     "-lq",   "--long",    "--new",  "--existing", "--exsting", "--new=no",
      "--store=/s", "--help", "-h",    "--version", "-x",     "--quiet",    "-1e5x",     "--kind=-x"};
  std::mt19937 chance(20261121);
  for (int i = 0; i < 20000; ++i) {
    Words words;
    if (chance() % 4 != 0) {
      words = chance() % 4 == 0 ? Words{"ls"} : Words{"counter", chance() % 2 == 0 ? "incr" : "create"};
    }
    const std::size_t more = chance() % 5 + (words.empty() ? 1 : 0);
    for (std::size_t k = 0; k < more; ++k) {
      words.emplace_back(some[chance() % std::size(some)]);
    }
    INFO(shown(words));
    REQUIRE(by_line(parser, call, words) == by_parse(words));
  }
}

TEST_CASE("a line has the options of the outer call, unless it says its own", "[line_parser]") {
  const Call exec = outer({"-q", "--store", "/outer", "--json", "--long"});
  LineParser parser(exec);
  Call call;
  call.program = exec.program;
  const auto read = [&](const Words& words) {
    auto all = by_line(parser, call, words);
    CHECK(all.why.empty());
    return all;
  };
  Seen line = read({"counter", "incr", "a"});
  CHECK(line.options == Words{"quiet=", "store=/outer", "json="});
  CHECK((line.format == Format::json && line.quiet));
  line = read({"counter", "incr", "a", "--raw", "--store", "/own"});
  CHECK(line.options == Words{"quiet=", "store=/outer", "raw=", "store=/own"});
  CHECK(line.format == Format::raw);
  CHECK(call.store() == "/own");
  line = read({"counter", "incr", "a", "-0q"});  // not in its plain form
  CHECK(line.format == Format::null);
  line = read({"counter", "incr", "b"});
  CHECK(line.options == Words{"quiet=", "store=/outer", "json="});
  CHECK(line.operands == Words{"b"});
  CHECK(call.store() == "/outer");
}

TEST_CASE("nothing of a line that was refused is left in the next", "[line_parser]") {
  const Call exec = outer();
  LineParser parser(exec);
  Call call;
  call.program = exec.program;
  CHECK_FALSE(by_line(parser, call, {"counter", "cas", "a", "--json", "-q"}).why.empty());
  call.report(shm::os::fail(shm::os::Code::full, "try", "it", "in a test"));
  const Seen line = by_line(parser, call, {"counter", "incr", "a"});
  CHECK(line == by_parse({"counter", "incr", "a"}));
  CHECK(call.status() == 0);
}
