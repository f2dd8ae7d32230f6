// The table of verbs says everything that help, man pages and completion need, and says it in one way.
#include "verbs/table.hpp"
#include <map>
#include <set>
#include <string>
#include "catch.hpp"
#include "cli/help.hpp"
#include "object/kind.hpp"

using namespace shm::cli;

namespace {
const Program& program() { return shm::verbs::program(); }

std::string path(const Verb& verb) {
  return verb.group.empty() ? std::string(verb.name) : std::string(verb.group) + " " + std::string(verb.name);
}

// A sentence as the man pages want it: a capital first, no full stop last.
void is_sentence(std::string_view text) {
  CAPTURE(text);
  REQUIRE(text.size() > 3);
  CHECK((text[0] >= 'A' && text[0] <= 'Z'));
  CHECK(text.back() != '.');
  CHECK(text.back() != ' ');
  CHECK(text.find('\n') == std::string_view::npos);
  CHECK(text.find("  ") == std::string_view::npos);
}

bool is_word(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-0123456789") == std::string_view::npos &&
         text.front() >= 'a' && text.back() != '-';
}

std::size_t widest(std::string_view text) {
  std::size_t width = 0;
  std::size_t column = 0;
  for (const char c : text) {
    column = c == '\n' ? 0 : column + 1;
    width = std::max(width, column);
  }
  return width;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || c == '0'; }

void check_option(const Option& option, bool any_letter = false) {
  CAPTURE(option.name);
  CHECK(is_word(option.name));
  is_sentence(option.help);
  for (const char c : option.argument) {
    CHECK(((c >= 'A' && c <= 'Z') || std::string_view("-=[].:").find(c) != std::string_view::npos));
  }
  CHECK((option.letter == '\0' || is_letter(option.letter) || (any_letter && option.letter > ' ')));
  CHECK((option.complete == Complete::choice) == !option.choices.empty());
  CHECK((option.choices.empty() || !option.argument.empty()));
  CHECK((option.argument.empty() ? option.complete == Complete::nothing : true));
}
}  // namespace

TEST_CASE("each verb says what it does, takes and where it is explained", "[table]") {
  for (const auto& verb : program().verbs) {
    CAPTURE(path(verb));
    CHECK(is_word(verb.name));
    is_sentence(verb.summary);
    CHECK(verb.page.starts_with("shmctl"));
    CHECK(verb.run != nullptr);
    bool optional = false;
    for (const auto& operand : verb.operands) {
      CHECK_FALSE(operand.name.empty());
      CHECK((!operand.repeated || &operand == &verb.operands.back()));
      CHECK((operand.optional || !optional));  // nothing needed stands behind what may be left out
      optional = operand.optional;
    }
    for (const auto& option : verb.options) {
      check_option(option, verb.own_words);  // another program's letters, then
    }
    CHECK((verb.group.empty() || verb.page == "shmctl-" + std::string(verb.group)));
  }
  for (const auto& option : global_options()) {
    check_option(option);
  }
}

TEST_CASE("verbs are sorted and found, and no two are one", "[table]") {
  std::set<std::string> paths;
  const Verb* before = nullptr;
  for (const auto& verb : program().verbs) {
    CHECK(paths.insert(path(verb)).second);
    CHECK(find_verb(program(), verb.group, verb.name) == &verb);
    CHECK(
        (before == nullptr || before->group < verb.group || (before->group == verb.group && before->name < verb.name)));
    CHECK((verb.group.empty() || find_group(program(), verb.group) != nullptr));
    CHECK((!verb.group.empty() || find_group(program(), verb.name) == nullptr));  // else it could not be reached
    before = &verb;
  }
  CHECK(find_verb(program(), "", "incr") == nullptr);
  CHECK(find_verb(program(), "counter", "") == nullptr);
}

TEST_CASE("each kind of objects has verbs, and each group is a kind", "[table]") {
  std::string_view before;
  for (const auto& group : program().groups) {
    CAPTURE(group.name);
    is_sentence(group.summary);
    CHECK(before < group.name);
    before = group.name;
    CHECK(shm::object::kind_of_name(group.name) != shm::object::Kind::none);
    CHECK(find_verb(program(), group.name, "create") != nullptr);
    // What users find at one kind, they find at all: those that hold one thing, and those whose things have places.
    const bool one = group.name == "counter" || group.name == "value";
    const bool places = group.name == "array" || group.name == "dict" || group.name == "list";
    for (const auto* common : {"get", "set"}) {
      CHECK((find_verb(program(), group.name, common) != nullptr || !(one || places)));
    }
    for (const auto* common : {"swap", "cas"}) {
      CHECK((find_verb(program(), group.name, common) != nullptr || !one));
    }
    CHECK((find_verb(program(), group.name, "len") != nullptr || !places));
  }
}

TEST_CASE("within a verb, each option has a name and letter of its own", "[table]") {
  for (const auto& verb : program().verbs) {
    CAPTURE(path(verb));
    std::set<std::string_view> names;
    std::set<char> letters;
    for (const auto options : {verb.options, global_options()}) {  // which no verb may hide
      for (const auto& option : options) {
        CAPTURE(option.name);
        CHECK(names.insert(option.name).second);
        CHECK((option.letter == '\0' || letters.insert(option.letter).second));
      }
    }
  }
}

TEST_CASE("an option of one name takes an argument everywhere or nowhere, and so does a letter", "[table]") {
  // Before the verb is read, its options are told from words by what any verb has under that name. Where they differ,
  // an argument can be said there with = alone.
  const std::set<std::string_view> either = {"output"};
  std::map<std::string, bool> takes;
  for (const auto& verb : program().verbs) {
    for (const auto& option : verb.options) {
      CAPTURE(option.name);
      const bool argument = !option.argument.empty();
      const bool as_ever = takes.emplace(std::string(option.name), argument).first->second == argument;
      CHECK((as_ever || either.contains(option.name)));
      if (option.letter != '\0') {
        CHECK(takes.emplace(std::string("-") + option.letter, argument).first->second == argument);
      }
    }
  }
}

TEST_CASE("a verb that runs a command takes one, last", "[table]") {
  for (const auto& verb : program().verbs) {
    CAPTURE(path(verb));
    const bool takes_one = !verb.operands.empty() && verb.operands.back().complete == Complete::command;
    CHECK(verb.runs_command == takes_one);
    CHECK((!takes_one || verb.operands.back().repeated));
    CHECK((!verb.own_words || verb.runs_command));  // no line of `exec` is read so
  }
}

TEST_CASE("every help fits into 80 columns", "[table]") {
  CHECK(widest(help_program(program())) <= 80);
  for (const auto& group : program().groups) {
    CHECK(widest(help_group(program(), group)) <= 80);
  }
  for (const auto& verb : program().verbs) {
    CAPTURE(path(verb));
    const std::string text = help_verb(verb);
    CHECK(widest(text) <= 80);
    for (const auto& option : verb.options) {
      CHECK(text.find("--" + std::string(option.name)) != std::string::npos);
    }
  }
}
