// The manual pages: prose and table merged, and what is refused so that a build can't leave a verb without prose.
#include "cli/man.hpp"
#include "catch.hpp"
#include "cli/failure.hpp"
#include "cli/roff.hpp"

using namespace shm::cli;

namespace {
constexpr Operand names[] = {{"NAME", Complete::object, false, true}};
constexpr Operand command[] = {{"NAME", {}, false, false}, {"COMMAND", Complete::command, false, true}};
constexpr Option busy[] = {{'w', "wait", "TIME", "Wait up to TIME, see --now", {}, {}},
                           {'\0', "now", "", "Do not wait", {}, {}},
                           {'\0', "how", "WAY", "In which way", Complete::choice, "fast|slow"}};
constexpr Verb verbs[] = {
    {"", "ls", "p", "List NAME", names, {}, nullptr},
    {"", "run", "p-run", "Run a command", command, busy, nullptr, true},
    {"counter", "incr", "p", "Add 1", names, {}, nullptr},
};
constexpr Group groups[] = {{"counter", "Counts"}};
constexpr Program program = {verbs, groups};

std::string page(std::string_view name, const std::string& prose) { return man_page(program, {name, "1", "9", prose}); }

/// Why the prose is refused; empty if it is not.
std::string refused(std::string_view name, const std::string& prose) {
  try {
    page(name, prose);
  } catch (const Usage& usage) {
    return usage.what();
  }
  return {};
}

const std::string head = "# a comment\n@date 2026-01-02\n@name does things\n@synopsis\n";
const std::string tail = "@options\n@exit-status\n";
const std::string run_page = head + "@verb run\nIt runs.\n" + tail;

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
}  // namespace

TEST_CASE("a page has what the table says of its verbs, and no other verb", "[man]") {
  const auto text = page("p-run", run_page);
  CHECK(has(text, ".TH P\\-RUN 1 2026-01-02 \"shmctl 9\""));
  CHECK(has(text, ".SH NAME\np\\-run \\- does things\n"));
  CHECK(has(text, ".SY \"shmctl run\"\n[\\fIoptions\\fR]\n\\fINAME\\fR\n\\fICOMMAND\\fR\\&...\n"));
  CHECK(has(text, ".SS run\n"));
  CHECK(has(text, "\nRun a command. It runs.\\&\n"));
  CHECK(has(text,
            ".TP\n\\fB\\-w\\fR, \\fB\\-\\-wait\\fR \\fITIME\\fR\nWait up to \\fITIME\\fR, see \\fB\\-\\-now\\fR.\n"));
  CHECK(has(text, "In which way: \\fBfast\\fR, \\fBslow\\fR.\n"));
  CHECK(has(text, ".SH \"OPTIONS OF EVERY VERB\"\n.TP\n\\fB\\-\\-store\\fR"));
  CHECK(has(text, ".SH \"EXIT STATUS\"\n.TP\n\\fB0\\fR\n"));
  CHECK_FALSE(has(text, "List"));
}

TEST_CASE("prose of an option goes on after its sentence", "[man]") {
  const auto text = page("p-run", head + "@verb run\nIt runs.\n@option now\nNot\never.\n" + tail);
  CHECK(has(text, "Do not wait. Not\never.\\&\n.TP\n"));
}

TEST_CASE("a verb without prose, and prose without a verb, are refused", "[man]") {
  CHECK(has(refused("p-run", head + tail), "no block '@verb run'"));
  CHECK(has(refused("p", head + "@verb ls\nx\n" + tail), "no block '@verb counter incr'"));
  CHECK(has(refused("p-run", run_page + "@verb counter incr\nx\n"), "the page has no such verb"));
  CHECK(has(refused("p-run", run_page + "@verb walk\nx\n"), "line 9: @verb walk"));
  CHECK(has(refused("p-run", run_page + "@verb run\nx\n"), "a second block"));
  CHECK(has(refused("p-run", head + "@verb run\n\n" + tail), "is empty"));
  CHECK(has(refused("p-run", run_page + "@option now\nx\n"), "no option of the verb before it"));
  CHECK(has(refused("p-run", head + "@verb run\nx\n@option later\nx\n" + tail), "@option later"));
}

TEST_CASE("what the table says must be put in, once", "[man]") {
  CHECK(refused("p-run", run_page).empty());
  CHECK(has(refused("p-run", head + "@verb run\nx\n@options\n"), "no @exit-status"));
  CHECK(has(refused("p-run", head + "@verb run\nx\n@exit-status\n"), "no @options"));
  CHECK(has(refused("p-run", run_page + "@options\n"), "a second @options"));
  CHECK(has(refused("q", "@name x\n"), "no @date"));
  CHECK(has(refused("p-run", run_page + "@nonsense\n"), "unknown directive"));
  CHECK(has(refused("p-run", "text\n" + run_page), "line 1: text before"));
  CHECK(refused("q", "@date d\n@name x\n").empty());  // a page without verbs needs no synopsis
}

TEST_CASE("a verb of no kind has a page of its own name, or one that leads to its page", "[man]") {
  CHECK(man_link(program, "ls") == ".so man1/p.1\n");
  CHECK_THROWS_AS(man_link(program, "incr"), Usage);
  CHECK_THROWS_AS(man_link(program, "walk"), Usage);
}

TEST_CASE("markup becomes roff", "[roff]") {
  CHECK(roff_prose("one\ntwo\n\nthree\n", 1) == "one\ntwo\n.PP\nthree\n");
  CHECK(roff_prose("one\n\ntwo\n", 1, true) == "one\n.IP\ntwo\n");
  CHECK(roff_prose("`run --x` <NAME> a-b\n", 1) == "\\fBrun \\-\\-x\\fR \\fINAME\\fR a-b\n");
  CHECK(roff_prose("`over\nlines`\n", 1) == "\\fBover\nlines\\fR\n");
  CHECK(roff_prose("- one\n- two\n  more\n", 1) == ".IP \\(bu 2\none\n.IP \\(bu 2\ntwo\nmore\n");
  CHECK(roff_prose(": `x`\nmeans y\n", 1) == ".TP\n\\fBx\\fR\nmeans y\n");
  CHECK(roff_prose("see:\n\n    a -b\n\n    'c'\n\nend\n", 1) ==
        "see:\n.PP\n.RS 4\n.EX\na \\-b\n\n\\(aqc\\(aq\n.EE\n.RE\n.PP\nend\n");
}

TEST_CASE("nothing of the prose is taken for a request of roff", "[roff]") {
  CHECK(roff_prose(".so /etc/passwd\n'x\n", 1) == "\\&.so /etc/passwd\n\\&'x\n");
  CHECK(roff_prose("    .x\n", 1) == ".PP\n.RS 4\n.EX\n\\&.x\n.EE\n.RE\n");
  CHECK(roff_prose("a \\\\n b\n", 1) == "a \\en b\n");
  CHECK(roff_prose("\\<x\\> \\`\n", 1) == "<x> \\(ga\n");
  CHECK(roff_literal("~^\\") == "\\(ti\\(ha\\e");
}

TEST_CASE("markup that is not closed is refused, with its line", "[roff]") {
  CHECK_THROWS_AS(roff_prose("a `b\n\nc\n", 7), Usage);
  CHECK_THROWS_AS(roff_prose("a <b\n", 7), Usage);
  try {
    roff_prose("x\n\na `b\n", 7);
  } catch (const Usage& usage) {
    CHECK(has(usage.what(), "line 1"));
  }
}
