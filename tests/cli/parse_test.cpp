#include <cstdlib>
#include <random>
#include "catch.hpp"
#include "cli/program.hpp"

using shm::cli::Call;
using shm::cli::Format;
using test::parsed;
using test::refused;
using test::Words;

namespace {
bool says(const std::string& why, std::string_view words) { return why.find(words) != std::string::npos; }

// The options as given: "name" or "name=argument".
Words options(const Call& call) {
  Words all;
  for (const auto& given : call.options) {
    all.push_back(given.argument.empty() ? given.name : given.name + "=" + given.argument);
  }
  return all;
}

void reads(const Words& words, std::string_view verb, const Words& operands, const Words& given) {
  std::string line;
  for (const auto& word : words) {
    line += " '" + word + "'";
  }
  INFO("shmctl" << line);
  const Call call = parsed(words);
  REQUIRE(call.verb != nullptr);
  CHECK(call.verb->name == verb);
  CHECK(call.operands == operands);
  CHECK(options(call) == given);
}
}  // namespace

TEST_CASE("options stand anywhere, operands keep their order", "[parse]") {
  reads({"counter", "incr", "a", "b"}, "incr", {"a", "b"}, {});
  reads({"counter", "incr", "a", "--existing", "b"}, "incr", {"a", "b"}, {"existing"});
  reads({"counter", "incr", "--existing", "a", "b"}, "incr", {"a", "b"}, {"existing"});
  reads({"-q", "counter", "incr", "a"}, "incr", {"a"}, {"quiet"});
  reads({"counter", "-q", "incr", "a"}, "incr", {"a"}, {"quiet"});
  reads({"--store", "/s", "counter", "--json", "incr", "a"}, "incr", {"a"}, {"store=/s", "json"});
  reads({"--store=/s", "counter", "incr", "a"}, "incr", {"a"}, {"store=/s"});
  reads({"-w", "5", "--shared", "run", "job", "cmd"}, "run", {"job", "cmd"}, {"wait=5", "shared"});
  reads({"--min", "run", "counter", "create", "x"}, "create", {"x"}, {"min=run"});
  reads({"counter", "--min", "cas", "create", "x"}, "create", {"x"}, {"min=cas"});
  reads({"--existing", "counter", "incr", "a"}, "incr", {"a"}, {"existing"});
  reads({"counter", "incr", "a", "--store", "counter"}, "incr", {"a"}, {"store=counter"});
  reads({"ls"}, "ls", {}, {});
  reads({"ls", "-"}, "ls", {"-"}, {});
  reads({"counter", "incr", ""}, "incr", {""}, {});
}

TEST_CASE("an argument may follow, or be part of the word", "[parse]") {
  reads({"ls", "--kind", "job"}, "ls", {}, {"kind=job"});
  reads({"ls", "--kind=job"}, "ls", {}, {"kind=job"});
  reads({"ls", "--kind=a=b"}, "ls", {}, {"kind=a=b"});
  reads({"ls", "-k", "job"}, "ls", {}, {"kind=job"});
  reads({"ls", "-kjob"}, "ls", {}, {"kind=job"});
  reads({"ls", "--kind", "--"}, "ls", {}, {"kind=--"});
  reads({"counter", "create", "x", "--min", "-5"}, "create", {"x"}, {"min=-5"});
  reads({"counter", "create", "x", "--min=-5"}, "create", {"x"}, {"min=-5"});
}

TEST_CASE("letters may stand together", "[parse]") {
  reads({"ls", "-lq"}, "ls", {}, {"long", "quiet"});
  reads({"ls", "-ql0"}, "ls", {}, {"quiet", "long", "null"});
  reads({"ls", "-lkjob"}, "ls", {}, {"long", "kind=job"});
  reads({"ls", "-lk", "job", "x"}, "ls", {"x"}, {"long", "kind=job"});
  reads({"-qk", "job", "ls"}, "ls", {}, {"quiet", "kind=job"});
}

TEST_CASE("negative numbers are operands", "[parse]") {
  reads({"counter", "incr", "x", "-5"}, "incr", {"x", "-5"}, {});
  reads({"counter", "cas", "x", "-1", "-2"}, "cas", {"x", "-1", "-2"}, {});
  reads({"counter", "incr", "-5", "-1.5", "-.5", "-1e3", "-1E-3", "-05"}, "incr",
        {"-5", "-1.5", "-.5", "-1e3", "-1E-3", "-05"}, {});
  reads({"counter", "incr", "x", "-0"}, "incr", {"x"}, {"null"});  // which is --null, as elsewhere
  reads({"counter", "incr", "x", "--", "-0"}, "incr", {"x", "-0"}, {});
}

TEST_CASE("after -- all is operands", "[parse]") {
  reads({"counter", "incr", "--", "--existing", "-q", "--"}, "incr", {"--existing", "-q", "--"}, {});
  reads({"counter", "incr", "-q", "x", "--"}, "incr", {"x"}, {"quiet"});
  CHECK(says(refused({"--", "ls"}), "missing"));
}

TEST_CASE("a command begins at the second word that is no option, or after --", "[parse]") {
  reads({"run", "job", "ls", "-l", "--help"}, "run", {"job", "ls", "-l", "--help"}, {});
  reads({"run", "job", "--", "ls", "-l"}, "run", {"job", "ls", "-l"}, {});
  reads({"run", "-w", "5", "job", "-s", "cmd", "-s"}, "run", {"job", "cmd", "-s"}, {"wait=5", "shared"});
  reads({"run", "job", "-w5", "cmd"}, "run", {"job", "cmd"}, {"wait=5"});
  reads({"run", "job", "-sw", "5", "cmd"}, "run", {"job", "cmd"}, {"shared", "wait=5"});
  reads({"run", "job", "--wait", "5", "cmd"}, "run", {"job", "cmd"}, {"wait=5"});
  reads({"run", "job", "--wait=5", "cmd", "--", "x"}, "run", {"job", "cmd", "--", "x"}, {"wait=5"});
  reads({"run", "job", "--", "--", "x"}, "run", {"job", "--", "x"}, {});
  reads({"run", "--", "job", "cmd"}, "run", {"job", "cmd"}, {});
  reads({"-q", "run", "job", "cmd", "-q"}, "run", {"job", "cmd", "-q"}, {"quiet"});
  reads({"run", "job", "", "x"}, "run", {"job", "", "x"}, {});
  CHECK(says(refused({"run", "job"}), "COMMAND is missing"));
  CHECK(says(refused({"run", "job", "--"}), "COMMAND is missing"));
  CHECK(says(refused({"run"}), "NAME is missing"));
  CHECK(says(refused({"run", "job", "--nonsense", "cmd"}), "unknown option '--nonsense'"));
}

TEST_CASE("a command that is the only operand begins at the first word", "[parse]") {
  reads({"run-it", "ls", "-l", "--help"}, "run-it", {"ls", "-l", "--help"}, {});
  reads({"run-it", "-w", "5", "ls", "-s"}, "run-it", {"ls", "-s"}, {"wait=5"});
  reads({"-q", "run-it", "--", "-x"}, "run-it", {"-x"}, {"quiet"});
  CHECK(parsed({"run-it", "--help"}).help);
  CHECK(says(refused({"run-it", "-s"}), "COMMAND is missing"));
}

TEST_CASE("a verb that reads its words by itself gets all that stand behind it", "[parse]") {
  reads({"own", "-s", "--help", "--", "x", "-5"}, "own", {"-s", "--help", "--", "x", "-5"}, {});
  reads({"--store", "/s", "-q", "own", "-q"}, "own", {"-q"}, {"store=/s", "quiet"});
  CHECK(parsed({"--help", "own", "x"}).help);
  CHECK_FALSE(parsed({"own", "x", "--version"}).version);
  CHECK(says(refused({"-s", "own", "x"}), "unknown option '-s'"));
  CHECK(says(refused({"--wait", "5", "own", "x"}), "unknown option '--wait'"));
}

TEST_CASE("words may stand before those of the command line", "[parse]") {
  const char* const argv[] = {"link", "a", "-q", nullptr};
  const Call call = shm::cli::parse(test::program, 3, &argv[0], {"counter", "incr"});
  REQUIRE(call.verb != nullptr);
  CHECK(call.verb->name == "incr");
  CHECK(call.operands == Words{"a"});
  CHECK(call.quiet());
}

TEST_CASE("the command's own --help and --version are the command's", "[parse]") {
  CHECK_FALSE(parsed({"run", "job", "cmd", "--help"}).help);
  CHECK_FALSE(parsed({"run", "job", "--", "--version"}).version);
  CHECK(parsed({"run", "job", "--help", "cmd"}).help);
  CHECK(parsed({"run", "-h"}).help);
}

TEST_CASE("an option that is none is refused, with the one that may be meant", "[parse]") {
  CHECK(says(refused({"counter", "incr", "x", "--nope"}), "unknown option '--nope'"));
  CHECK(says(refused({"counter", "incr", "x", "--existign"}), "did you mean '--existing'?"));
  CHECK(says(refused({"counter", "incr", "x", "--existin=5"}), "unknown option '--existin"));
  CHECK(says(refused({"counter", "incr", "x", "-x"}), "unknown option '-x'"));
  CHECK(says(refused({"counter", "incr", "x", "-qx"}), "unknown option"));
  CHECK(says(refused({"counter", "incr", "x", "--kind", "job"}), "unknown option '--kind'"));  // another verb's
  CHECK_FALSE(refused({"counter", "incr", "x", "--="}).empty());
  CHECK(says(refused({"--nope"}), "unknown option '--nope'"));
}

TEST_CASE("abbreviated options are refused", "[parse]") {
  for (const auto* word : {"--exist", "--e", "--existin", "--sto", "--quie", "--js", "--hel"}) {
    INFO(word);
    CHECK(says(refused({"counter", "incr", "x", word}), "unknown option"));
  }
  CHECK(says(refused({"counter", "incr", "x", "--exist"}), "did you mean '--existing'?"));
}

TEST_CASE("an argument that is missing, or too much, is refused", "[parse]") {
  CHECK(says(refused({"ls", "--kind"}), "KIND is missing"));
  CHECK(says(refused({"ls", "-k"}), "KIND is missing"));
  CHECK(says(refused({"ls", "-lk"}), "KIND is missing"));
  CHECK(says(refused({"ls", "--kind="}), "KIND is missing"));
  CHECK(says(refused({"ls", "-k", "-q"}), "KIND is missing"));
  CHECK(says(refused({"ls", "--long=yes"}), "takes no argument"));
  CHECK(says(refused({"ls", "--json="}), "takes no argument"));
}

TEST_CASE("only the words of a choice are taken", "[parse]") {
  reads({"run", "--on-busy", "wait", "job", "cmd"}, "run", {"job", "cmd"}, {"on-busy=wait"});
  const std::string why = refused({"run", "--on-busy", "wiat", "job", "cmd"});
  CHECK(says(why, "'wiat'"));
  CHECK(says(why, "skip|wait"));
  CHECK(says(why, "did you mean 'wait'?"));
  for (const auto* word : {"", "wai", "skip|wait", "SKIP", "|"}) {
    CHECK(says(refused({"run", "--on-busy", word, "job", "cmd"}), "not one of"));
  }
}

TEST_CASE("too few and too many operands are refused by name", "[parse]") {
  CHECK(says(refused({"counter", "incr"}), "NAME is missing"));
  CHECK(says(refused({"counter", "cas", "x"}), "OLD is missing"));
  CHECK(says(refused({"counter", "cas", "x", "1"}), "NEW is missing"));
  CHECK(says(refused({"counter", "cas", "x", "1", "2", "3"}), "'3' is one word too many"));
  CHECK(says(refused({"counter", "create", "x", "1", "2"}), "'2' is one word too many"));
  CHECK(says(refused({"ls", "a", "b"}), "'b' is one word too many"));
  reads({"counter", "create", "x"}, "create", {"x"}, {});
  reads({"counter", "create", "x", "1"}, "create", {"x", "1"}, {});
  CHECK(says(refused({"counter", "cas"}), "shmctl counter cas --help"));  // and where to read on
}

TEST_CASE("a verb that is none is refused, with the one that may be meant", "[parse]") {
  CHECK(says(refused({"lss"}), "unknown verb 'lss'; did you mean 'ls'?"));
  CHECK(says(refused({"conter", "incr"}), "did you mean 'counter'?"));
  CHECK(says(refused({"counter", "inrc", "x"}), "counter: unknown verb 'inrc'; did you mean 'incr'?"));
  CHECK(says(refused({"value", "get", "x"}), "value: unknown verb 'get'"));
  CHECK(says(refused({"xyzzy"}), "unknown verb 'xyzzy' (see"));
  CHECK(says(refused({"incr", "x"}), "unknown verb 'incr'"));
  CHECK(says(refused({""}), "missing"));
  CHECK(says(refused({}), "missing"));
  CHECK(says(refused({"counter"}), "counter: the verb is missing"));
  CHECK(says(refused({"--json"}), "missing"));
}

TEST_CASE("help and version are heard at every level", "[parse]") {
  for (const auto* word : {"--help", "-h"}) {
    const Call all = parsed({word});
    CHECK((all.help && all.verb == nullptr && all.help_group.empty()));
    const Call group = parsed({"counter", word});
    CHECK((group.help && group.verb == nullptr && group.help_group == "counter"));
    const Call verb = parsed({"counter", "incr", word});  // though NAME is missing
    CHECK((verb.help && verb.verb != nullptr && verb.verb->name == "incr"));
    CHECK(parsed({word, "counter", "incr"}).verb != nullptr);
  }
  CHECK(parsed({"--version"}).version);
  CHECK(parsed({"counter", "incr", "--version"}).version);
  CHECK(parsed({"-h", "--json", "--raw", "ls"}).help);
  CHECK_FALSE(parsed({"counter", "incr", "--", "--help"}).help);
  CHECK(says(refused({"counter", "nonsense", "--help"}), "unknown verb"));
}

TEST_CASE("the formats exclude each other", "[parse]") {
  CHECK(parsed({"ls"}).output.format == Format::text);
  CHECK(parsed({"ls", "--json"}).output.format == Format::json);
  CHECK(parsed({"ls", "--raw"}).output.format == Format::raw);
  CHECK(parsed({"ls", "-0"}).output.format == Format::null);
  CHECK(parsed({"ls", "--null"}).output.format == Format::null);
  CHECK(parsed({"ls", "--json", "--json"}).output.format == Format::json);
  for (const Words& words : {Words{"ls", "--json", "--raw"}, {"ls", "--raw", "-0"}, {"ls", "-0", "--json"}}) {
    CHECK(says(refused(words), "exclude each other"));
  }
  CHECK(parsed({"ls", "-q"}).output.quiet);
  CHECK_FALSE(parsed({"ls"}).output.quiet);
}

TEST_CASE("the store is what --store says last, else the environment", "[parse]") {
  ::unsetenv("SHMCTL_STORE");
  CHECK(parsed({"ls"}).store().empty());
  ::setenv("SHMCTL_STORE", "/env", 1);
  CHECK(parsed({"ls"}).store() == "/env");
  CHECK(parsed({"ls", "--store", "/a"}).store() == "/a");
  CHECK(parsed({"--store", "/a", "ls", "--store=/b"}).store() == "/b");
  ::unsetenv("SHMCTL_STORE");
}

TEST_CASE("whatever the words are, they are read or refused", "[parse]") {
  const Words vocabulary = {"counter",   "incr",   "cas",      "create",   "run",        "ls",        "value", "x",
                            "5",         "-5",     "-0",       "-q",       "-h",         "--",        "-",     "",
                            "--json",    "--raw",  "--store",  "--store=", "--store=/s", "--kind",    "-k",    "-kx",
                            "-lq",       "-w",     "--wait=5", "--min",    "--existing", "--on-busy", "wait",  "--help",
                            "--version", "--nope", "-x",       "=",        "--=",        "-\377",     "a\nb"};
  std::mt19937 random(4711);
  int read = 0;
  for (int turn = 0; turn < (test::sanitized ? 20'000 : 100'000); ++turn) {
    Words words;
    for (unsigned n = random() % 8; n > 0; --n) {
      words.push_back(vocabulary[random() % vocabulary.size()]);
    }
    try {
      const Call call = parsed(words);
      ++read;
      if (call.operands.size() > words.size() || (call.verb == nullptr && !call.help && !call.version)) {
        FAIL("turn " << turn);
      }
      for (const auto& given : call.options) {
        if (given.name.empty() || !call.has(given.name)) {
          FAIL("turn " << turn);
        }
      }
    } catch (const shm::cli::Usage& usage) {
      if (std::string_view(usage.what()).empty()) {
        FAIL("turn " << turn);
      }
    }
  }
  CHECK(read > 1000);
}
