// Any bytes as lines of `exec`: split into words, which a slower splitter must find as well, and read into one call
// after another, as the command line would read the same words. Nothing is done.
//   fuzz_lines --seeds DIRECTORY    writes some lines there
#include "cli/call.hpp"
#include "cli/failure.hpp"
#include "cli/line.hpp"
#include "cli/line_parser.hpp"
#include "fuzz/kinds.hpp"
#include "verbs/table.hpp"

namespace {
using namespace shm;
using Words = std::vector<std::string>;

std::vector<fuzz::Bytes> seeds() {
  std::vector<fuzz::Bytes> all;
  for (const std::string_view line :
       {"counter incr hits 5", "queue push q --priority 5 'a b' \"c\\\"d\" e\\ f # not this",
        "-q value set v --type=text ''", "counter get a --json\ncounter get b --raw -q\n\ncounter --help",
        "run job true", "rm -f x '\n' \"a\nb\"", "queue pop q --count 3 -0 --wait 1.5s --store /s",
        "value cas v -- -1 -2"}) {
    all.emplace_back(line.begin(), line.end());
  }
  return all;
}

/// As the manual has it, sign by sign. Nothing: it is no line of words.
std::optional<Words> split_slowly(std::string_view line) {
  Words words;
  bool inside = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == ' ' || c == '\t' || c == '\n') {
      inside = false;
      continue;
    }
    if (!inside && c == '#') {
      return words;
    }
    if (!inside) {
      words.emplace_back();
      inside = true;
    }
    std::string& word = words.back();
    if (c == '\0') {
      return std::nullopt;
    }
    if (c == '\\') {
      if (++i == line.size() || line[i] == '\0') {
        return std::nullopt;
      }
      word += line[i];
    } else if (c == '\'' || c == '"') {
      for (++i;; ++i) {
        if (i >= line.size() || line[i] == '\0') {
          return std::nullopt;
        }
        if (line[i] == c) {
          break;
        }
        const bool quotes = c == '"' && line[i] == '\\' && i + 1 < line.size() &&
                            std::string_view("$`\"\\").find(line[i + 1]) != std::string_view::npos;
        i += quotes ? 1 : 0;
        word += line[i];
      }
    } else {
      word += c;
    }
  }
  return words;
}

/// What is read, or why not.
struct Read {
  std::string why;
  const cli::Verb* verb = nullptr;
  Words operands;
  std::vector<std::pair<std::string, std::string>> options;
  bool operator==(const Read&) const = default;
};

template <class Parse>
Read read(Parse parse) {
  Read all;
  try {
    const cli::Call& call = parse();
    all.verb = call.verb;
    all.operands = call.operands;
    for (const auto& given : call.options) {
      all.options.emplace_back(given.name, given.argument);
    }
  } catch (const cli::Usage& usage) {
    all.why = usage.what();
  }
  return all;
}

void try_line(cli::LineParser& parser, cli::Call& call, std::string_view text) {
  std::string line(text);
  std::vector<std::string_view> words;
  const bool whole = cli::split_line({line.data(), line.size()}, words) == nullptr;
  const auto expected = split_slowly(text);
  if (whole != expected.has_value() || (whole && Words(words.begin(), words.end()) != *expected)) {
    __builtin_trap();
  }
  if (!whole || words.empty()) {
    return;
  }
  const Read quickly = read([&]() -> const cli::Call& {
    parser.parse(words, call);
    return call;
  });
  cli::Call other;
  other.program = &verbs::program();
  const Read slowly = read([&]() -> const cli::Call& {
    cli::parse_words(other, *expected);
    return other;
  });
  if (!(quickly == slowly)) {
    __builtin_trap();
  }
}
}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  fuzz::write_seeds_if_asked(*argc, *argv, seeds);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cli::Call outer;
  outer.program = &verbs::program();
  cli::LineParser parser(outer);
  cli::Call call;
  call.program = outer.program;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  try_line(parser, call, rest);  // as one that ends with NUL
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    try_line(parser, call, rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return 0;
}
