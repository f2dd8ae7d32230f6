// The front door's table is a part of the verb table, and what it reads by it means what it means to the whole program.
#include <algorithm>
#include <map>
#include <random>
#include "catch.hpp"
#include "front/same_words.hpp"

namespace cli = shm::cli;
namespace front = shm::front;
using test::read_both;
using test::Words;

namespace {
std::string shown(const Words& words) {
  std::string line = "shmctl";
  for (const auto& word : words) {
    line += " '" + word + "'";
  }
  return line;
}

bool taken(const Words& words) {
  INFO(shown(words));
  const auto reading = read_both(words);
  CHECK(reading.differs.empty());
  return reading.taken;
}

void check_options(std::span<const front::Option> options, std::span<const cli::Option> table) {
  for (const auto& option : options) {
    CAPTURE(option.name);
    const auto* row = cli::option_named(table, option.name);
    REQUIRE(row != nullptr);
    CHECK(row->letter == option.letter);
    CHECK(row->argument.empty() == !option.argument);
  }
}

/// Made up of what command lines are made of, and of what they nearly are.
class Lines {
  bool one_of(std::size_t many) { return number(many) == 0; }
  std::size_t number(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }
  template <class List>
  const auto& pick(const List& list) {
    return list[number(std::size(list))];
  }

  void add_options(Words& words, std::span<const front::Option> own, std::size_t most) {
    for (std::size_t left = most; left != 0; --left) {
      if (one_of(4)) {
        words.emplace_back(pick(odd));
        continue;
      }
      const bool global = own.empty() || one_of(3);
      const auto& option = pick(global ? front::global_options() : own);
      const bool letter = option.letter != '\0' && one_of(2);
      std::string word = letter ? std::string("-") + option.letter : "--" + std::string(option.name);
      const std::string argument(pick(arguments));
      if (option.argument && one_of(3)) {
        words.push_back(word + (letter ? "" : "=") + argument);
      } else {
        words.push_back(word);
        if (option.argument && !one_of(10)) {
          words.push_back(argument);
        }
      }
    }
  }

  static constexpr std::string_view operands[] = {"a",   "b=5", "c=-5", "5",    "-5",  "-0",  "-",    "--",
                                                  "",    "=",   "-=5",  "-1.5", "a=",  "+1",  "true", "k",
                                                  "-e5", "x y", "-:",   "-5x",  "get", "run", "\n"};
  static constexpr std::string_view arguments[] = {"5", "/s", "x", "skip", "wait", "", "-5", "-x", "--", "-", "a=b"};
  static constexpr std::string_view odd[] = {"-q0",    "-qx",        "-q5",      "--quie", "--quiet=1", "--json",
                                             "--help", "-h",         "-0q",      "--sto",  "--version", "---",
                                             "--=",    "--existign", "--nul=l",  "--",     "-",         "-w5",
                                             "-sw",    "--raw=",     "--null=0", "-=",     "--min",     "--output"};
  std::mt19937 random_{20261121};

 public:
  Words next() {
    Words words;
    const auto& verb = pick(front::verbs());
    add_options(words, {}, one_of(4) ? 2 : 0);
    if (!verb.group.empty()) {
      words.emplace_back(verb.group);
    }
    add_options(words, {}, one_of(20) ? 1 : 0);
    words.emplace_back(one_of(30) ? "incr" : verb.name);
    for (std::size_t left = number(7); left != 0; --left) {
      if (one_of(3)) {
        add_options(words, verb.options, 1);
      } else {
        words.emplace_back(pick(operands));
      }
    }
    return words;
  }
};
}  // namespace

TEST_CASE("each verb of the front door is in the verb table, with operands and options as there", "[front]") {
  check_options(front::global_options(), cli::global_options());
  for (const auto& verb : front::verbs()) {
    CAPTURE(verb.group, verb.name);
    const auto* row = cli::find_verb(shm::verbs::program(), verb.group, verb.name);
    REQUIRE(row != nullptr);
    check_options(verb.options, row->options);
    CHECK(verb.runs_command == row->runs_command);
    CHECK_FALSE(row->own_words);
    std::size_t needed = 0;
    for (const auto& operand : row->operands) {
      needed += operand.optional ? 0 : 1;
    }
    const bool unbounded = !row->operands.empty() && row->operands.back().repeated;
    CHECK(verb.least >= needed);
    CHECK(verb.least <= verb.most);
    CHECK((unbounded || verb.most <= row->operands.size()));
    CHECK(verb.most <= front::most_operands);
    CHECK(verb.run != nullptr);
    CHECK(verb.many == (verb.most > 1 && row->operands.size() == 1 && row->operands[0].repeated));
  }
}

TEST_CASE("the front door takes what is usual, and leaves the rest", "[front]") {
  CHECK(taken({"counter", "incr", "a"}));
  CHECK(taken({"--store", "/s", "-q", "counter", "incr", "a", "-5", "--existing"}));
  CHECK(taken({"counter", "get", "a", "--default=-5"}));
  CHECK(taken({"counter", "get", "a", "-0"}));
  CHECK(taken({"run", "job", "ls", "--help", "--", "-q"}));
  CHECK(taken({"run", "job", "-w", "5", "--", "ls"}));
  for (const Words& left : std::initializer_list<Words>{
           {},
           {"counter"},
           {"counter", "incr"},
           {"counter", "incr", "a", "--json"},
           {"counter", "incr", "a", "--help"},
           {"counter", "incr", "--", "a"},
           {"counter", "incr", "a", "-q0"},
           {"counter", "incr", "a", "--existing=1"},
           {"counter", "incr", "a", "--store"},
           {"counter", "incr", "a", "--store", ""},
           {"counter", "incr", "a", "--store", "x", "--store", "y"},
           {"counter", "incr", "a", "--raw", "--null"},
           {"counter", "get", "a", "--default", "-5"},
           {"counter", "cas", "a", "1"},
           {"counter", "cas", "a", "1", "2", "3"},
           {"counter", "create", "a"},
           {"run", "job"},
           {"run", "job", "--"},
           {"run", "--", "job", "ls"},
           {"run", "-w5", "job", "ls"},
           {"run", "--on-busy", "never", "--on-busy", "skip", "job", "ls"},
           {"run"},
           {"ls"},
           {"", ""},
       }) {
    CAPTURE(shown(left));
    CHECK_FALSE(taken(left));
  }
}

TEST_CASE("more words than the front door has room for are left to the whole program", "[front]") {
  Words words{"counter", "incr"};
  words.insert(words.end(), front::most_operands, "a");
  CHECK(taken(words));
  words.emplace_back("a");
  CHECK_FALSE(taken(words));
  words.resize(10'000, "a");
  CHECK_FALSE(taken(words));
  Words options{"counter", "incr", "a"};
  options.insert(options.end(), front::most_options, "-q");
  CHECK(taken(options));
  options.emplace_back("-q");
  CHECK_FALSE(taken(options));
}

TEST_CASE("words of any length are taken as they are", "[front]") {
  const std::string longest(128 * 1024, 'a');
  CHECK(taken({"counter", "incr", longest}));
  CHECK(taken({"--store=" + longest, "counter", "incr", "a"}));
  CHECK(taken({"run", "job", longest}));
  CHECK_FALSE(taken({longest, "incr", "a"}));
  CHECK_FALSE(taken({"counter", "incr", "a", "--" + longest}));
}

TEST_CASE("what the front door takes, the whole program reads in the same way", "[front]") {
  Lines lines;
  std::map<std::string, int> verbs;
  std::map<std::string, int> options;
  int all_taken = 0;
  constexpr int many = 20'000;
  for (int i = 0; i < many; ++i) {
    const Words words = lines.next();
    const auto reading = read_both(words);
    if (!reading.differs.empty()) {
      INFO(shown(words) << ": " << reading.differs);
      FAIL("is read in another way");
    }
    if (reading.taken) {
      ++all_taken;
      ++verbs[reading.verb];
      for (const auto& option : reading.options) {
        ++options[option];
      }
    }
  }
  // Each was tried, and not only by lines that it does not take.
  CHECK(all_taken > many / 10);
  for (const auto& verb : front::verbs()) {
    CAPTURE(verb.group, verb.name);
    CHECK(verbs[std::string(verb.group) + (verb.group.empty() ? "" : " ") + std::string(verb.name)] > 0);
    for (const auto& option : verb.options) {
      CAPTURE(option.name);
      CHECK(options[std::string(option.name)] > 0);
    }
  }
}
