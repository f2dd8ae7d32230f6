// Any words as a command line: what the front door takes of them it reads as the whole program does.
//   fuzz_front --seeds DIRECTORY    writes one line a verb of the front door there, and its options
// The words of an input are separated by newlines.
#include "front/same_words.hpp"
#include "fuzz/words.hpp"

namespace {
using namespace shm;

using fuzz::line_of;

std::vector<fuzz::Bytes> seeds() {
  std::vector<fuzz::Bytes> all;
  for (const auto& verb : front::verbs()) {
    test::Words words;
    for (const auto word : {verb.group, verb.name}) {
      if (!word.empty()) {
        words.emplace_back(word);
      }
    }
    words.insert(words.end(), verb.least, "x=-5");
    all.push_back(line_of(words));
    for (const auto options : {verb.options, front::global_options()}) {
      for (const auto& option : options) {
        auto more = words;
        more.push_back("--" + std::string(option.name) + (option.argument ? "=1" : ""));
        more.emplace_back("-q0");
        all.push_back(line_of(more));
      }
    }
  }
  return all;
}
}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  fuzz::write_seeds_if_asked(*argc, *argv, seeds);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto words = fuzz::words_of(data, size);
  if (!test::read_both(words).differs.empty()) {
    __builtin_trap();
  }
  return 0;
}
