#include "cli/help.hpp"
#include "catch.hpp"
#include "cli/program.hpp"

using namespace shm::cli;

namespace {
constexpr Operand operands[] = {{"NAME", Complete::object, false, false}, {"NAME[=N]", Complete::nothing, true, true}};
constexpr Option options[] = {
    {'x', "short", "", "One word", {}, {}},
    {'\0', "an-option-whose-name-is-long", "AND-ITS-ARGUMENT", "It has no room beside it", {}, {}},
    {'\0', "choice", "WORD", "One of some", Complete::choice, "a|bc|def"},
    {'\0',
     "wordy",
     "",
     "A sentence that is longer than a line has columns, so that it has to be broken where a word ends and go on below "
     "its own beginning, more than once",
     {},
     {}},
};
constexpr Verb wordy = {
    "kind",        "verb",
    "shmctl-kind", "A summary that is so long that it does not fit into one line of eighty columns and is broken too",
    operands,      options,
    nullptr};

std::size_t widest(std::string_view text) {
  std::size_t width = 0;
  std::size_t column = 0;
  for (const char c : text) {
    column = c == '\n' ? 0 : column + 1;
    width = std::max(width, column);
  }
  return width;
}

bool has(std::string_view text, std::string_view words) { return text.find(words) != std::string_view::npos; }
}  // namespace

TEST_CASE("a synopsis shows what may be left out and what repeated", "[help]") {
  CHECK(synopsis(wordy) == "shmctl kind verb [options] NAME [NAME[=N]...]");
  CHECK(synopsis(test::verbs[0]) == "shmctl ls [options] [GLOB]");
  CHECK(synopsis(test::verbs[2]) == "shmctl run [options] NAME COMMAND...");
}

TEST_CASE("options show their letter, name and argument", "[help]") {
  CHECK(option_words(options[0]) == "-x, --short");
  CHECK(option_words(options[1]) == "    --an-option-whose-name-is-long AND-ITS-ARGUMENT");
}

TEST_CASE("a verb's help has all there is, in 80 columns", "[help]") {
  const std::string text = help_verb(wordy);
  CHECK(widest(text) <= 80);
  CHECK(widest(text) > 70);  // and uses them
  for (const auto* words :
       {"Usage: shmctl kind verb", "-x, --short", "--an-option-whose-name-is-long AND-ITS-ARGUMENT\n", "a, bc, def",
        "--store STORE", "-q, --quiet", "shmctl-kind(1)", "shmctl(7)"}) {
    INFO(words);
    CHECK(has(text, words));
  }
  std::string joined;  // broken only between words: nothing lost, nothing cut
  for (const char c : text) {
    if (c != '\n' && (c != ' ' || !joined.ends_with(' '))) {
      joined += c;
    } else if (c == '\n' && !joined.ends_with(' ')) {
      joined += ' ';
    }
  }
  CHECK(has(joined, options[3].help));
  CHECK(has(joined, wordy.summary));
}

TEST_CASE("a kind's help has its verbs, the program's all kinds and statuses", "[help]") {
  const std::string kind = help_group(test::program, test::groups[0]);
  CHECK(widest(kind) <= 80);
  for (const auto* words : {"Usage: shmctl counter VERB", "cas", "create", "incr", "shmctl-counter(1)"}) {
    CHECK(has(kind, words));
  }
  CHECK_FALSE(has(kind, "List"));
  const std::string all = help_program(test::program);
  CHECK(widest(all) <= 80);
  for (const auto* words : {"ls", "run", "counter", "value", "--json", "shmctl(1)"}) {
    CHECK(has(all, words));
  }
  for (const auto& status : exit_statuses()) {
    CHECK(has(all, status.number));
  }
}
