// Any words as a command line: parsed, and explained if that is what they ask for. Parsing opens nothing.
//   fuzz_words --seeds DIRECTORY    writes one line a verb there, and its options
// The words of an input are separated by newlines.
#include "fuzz/words.hpp"
#include "cli/call.hpp"
#include "cli/duration.hpp"
#include "cli/failure.hpp"
#include "cli/help.hpp"
#include "object/scalar.hpp"
#include "store/name.hpp"
#include "verbs/table.hpp"

namespace {
using namespace shm;

using fuzz::line_of;

std::vector<fuzz::Bytes> seeds() {
  std::vector<fuzz::Bytes> all;
  const auto add = [&](const cli::Verb& verb, std::vector<std::string> more) {
    std::vector<std::string> words;
    for (const auto word : {verb.group, verb.name}) {
      if (!word.empty()) {
        words.emplace_back(word);
      }
    }
    words.insert(words.end(), more.begin(), more.end());
    all.push_back(line_of(words));
  };
  for (const auto& verb : verbs::program().verbs) {
    add(verb, {"name", "-5", "17"});
    add(verb, {"name=3", "--json", "--help"});
    for (const auto& option : verb.options) {
      const auto choice = option.choices.substr(0, option.choices.find('|'));
      const std::string name = "--" + std::string(option.name);
      add(verb, {"name", option.argument.empty() ? name : name + "=" + std::string(choice.empty() ? "1.5s" : choice)});
    }
  }
  for (const std::string number : {"-9223372036854775809", "1e400", "nan", "0x10", "292y", "500ms", "1.5h", "+-1"}) {
    all.push_back(line_of({"value", "add", "name", number}));
  }
  return all;
}

void parse(const std::vector<std::string>& words) {
  std::vector<const char*> argv = {"shmctl"};
  for (const auto& word : words) {
    argv.push_back(word.c_str());
  }
  try {
    const auto call = cli::parse(verbs::program(), static_cast<int>(argv.size()), argv.data());
    (void)call.store();
    if (call.help && call.verb != nullptr) {
      (void)cli::help_verb(*call.verb);
    }
  } catch (const cli::Usage& usage) {
    (void)std::string(usage.what());
  } catch (const cli::Failure& failure) {
    (void)cli::message_of(failure.error());
  }
}

void read_word(const std::string& word) {
  for (const auto type : {object::Type::int64, object::Type::uint64, object::Type::float64, object::Type::boolean}) {
    if (const auto number = object::parse_scalar(type, word)) {
      // What is written for a number reads back as the same.
      const auto again = object::parse_scalar(type, object::format_scalar(*number).view());
      if (!again || again->bits != number->bits) {
        __builtin_trap();
      }
    }
  }
  (void)store::check_name(word);
  try {
    if (cli::parse_duration(word, "wait") < 0) {
      __builtin_trap();
    }
  } catch (const cli::Usage&) {
  }
}
}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  fuzz::write_seeds_if_asked(*argc, *argv, seeds);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto words = fuzz::words_of(data, size);
  parse(words);
  for (const auto& word : words) {
    read_word(word);
  }
  return 0;
}
