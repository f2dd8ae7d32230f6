#include "verbs/flock_words.hpp"
#include <fmt/core.h>
#include <getopt.h>
#include <cerrno>
#include <climits>
#include <cmath>
#include <cstdlib>

namespace shm::verbs {

namespace {
// In util-linux's order, which decides what an abbreviation means.
constexpr int verbose = 256;
const option long_options[] = {
    {"shared", no_argument, nullptr, 's'},      {"exclusive", no_argument, nullptr, 'x'},
    {"unlock", no_argument, nullptr, 'u'},      {"nonblocking", no_argument, nullptr, 'n'},
    {"nb", no_argument, nullptr, 'n'},          {"timeout", required_argument, nullptr, 'w'},
    {"wait", required_argument, nullptr, 'w'},  {"conflict-exit-code", required_argument, nullptr, 'E'},
    {"close", no_argument, nullptr, 'o'},       {"no-fork", no_argument, nullptr, 'F'},
    {"verbose", no_argument, nullptr, verbose}, {"help", no_argument, nullptr, 'h'},
    {"version", no_argument, nullptr, 'V'},     {nullptr, 0, nullptr, 0},
};

// A whole number as strtol has it, blanks before it and all.
bool read_whole(const char* text, int& number) {
  char* end = nullptr;
  errno = 0;
  const long read = std::strtol(text, &end, 10);
  number = static_cast<int>(read);
  return end != text && *end == '\0' && errno == 0 && read >= INT_MIN && read <= INT_MAX;
}

// Seconds; what is less than a microsecond is no time.
bool read_seconds(const char* text, std::int64_t& patience_ns) {
  constexpr double most_seconds = 9e9;
  constexpr double microseconds = 1e6;
  char* end = nullptr;
  const double seconds = std::strtod(text, &end);
  if (end == text || *end != '\0' || !(seconds >= 0)) {
    return false;
  }
  patience_ns = seconds > most_seconds ? INT64_MAX : static_cast<std::int64_t>(seconds * microseconds) * 1000;
  return true;
}

std::string wrong_option(const char* word) {
  const std::string letter(1, static_cast<char>(optopt));
  if (optopt <= ' ' || optopt >= verbose) {
    return fmt::format("unknown or ambiguous option, or one that takes no argument: '{}'", word);
  }
  if (letter == "w" || letter == "E") {
    return fmt::format("an argument is missing behind '-{}'", letter);
  }
  return std::string("sexnoFuhV").find(letter) == std::string::npos
             ? fmt::format("unknown option '-{}'", letter)
             : fmt::format("the long form of '-{}' takes no argument", letter);
}

void read_options(FlockWords& read, std::vector<char*>& pointers) {
  optind = 0;  // begin anew
  opterr = 0;
  bool at_once = false;
  const int count = static_cast<int>(pointers.size()) - 1;
  for (int found = 0;
       read.wrong.empty() && !read.help && !read.version &&
       (found = getopt_long(count, pointers.data(), "+sexnoFuw:E:hV", &long_options[0], nullptr)) != -1;) {
    switch (found) {
      case 's': read.want = FlockWords::Want::shared; break;
      case 'e':
      case 'x': read.want = FlockWords::Want::exclusive; break;
      case 'u': read.want = FlockWords::Want::unlock; break;
      case 'n': at_once = true; break;
      case 'o': read.close = true; break;
      case 'F': read.fork = false; break;
      case verbose: read.verbose = true; break;
      case 'h': read.help = true; break;
      case 'V': read.version = true; break;
      case 'w':
        if (!read_seconds(optarg, read.patience_ns)) {
          read.wrong = fmt::format("invalid timeout value: '{}'", optarg);
        }
        break;
      case 'E':
        if (!read_whole(optarg, read.conflict_status)) {
          read.wrong = fmt::format("invalid exit code: '{}'", optarg);
        } else if (read.conflict_status < 0 || read.conflict_status > 255) {
          read.wrong = fmt::format("exit code out of range (expected 0 to 255): '{}'", optarg);
        }
        break;
      default: read.wrong = wrong_option(pointers[static_cast<std::size_t>(optind) - 1]); break;
    }
  }
  read.patience_ns = at_once ? 0 : read.patience_ns;
}

void read_operands(FlockWords& read, const std::vector<std::string>& operands) {
  if (operands.empty()) {
    read.wrong = "requires file descriptor, file or directory";
    return;
  }
  if (operands.size() == 1) {
    if (!read_whole(operands[0].c_str(), read.descriptor)) {
      read.wrong = fmt::format("bad file descriptor: '{}'", operands[0]);
    } else if (read.descriptor < 0) {
      read.descriptor = INT_MAX;  // none is: the kernel says so
    }
    return;
  }
  read.file = operands[0];
  if (operands[1] != "-c" && operands[1] != "--command") {
    read.command.assign(operands.begin() + 1, operands.end());
    return;
  }
  if (operands.size() != 3) {
    read.wrong = fmt::format("{} requires exactly one command argument", operands[1]);
    return;
  }
  const char* shell = std::getenv("SHELL");
  read.command = {shell != nullptr && *shell != '\0' ? shell : "/bin/sh", "-c", operands[2]};
}
}  // namespace

FlockWords read_flock_words(const std::vector<std::string>& words) {
  FlockWords read;
  if (words.empty()) {
    read.wrong = "not enough arguments";
    return read;
  }
  std::string name = "flock";
  auto copies = words;
  std::vector<char*> pointers{name.data()};
  for (auto& word : copies) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  read_options(read, pointers);
  if (!read.wrong.empty() || read.help || read.version) {
    return read;
  }
  if (!read.fork && read.close) {
    read.wrong = "the --no-fork and --close options are incompatible";
    return read;
  }
  read_operands(read, {words.begin() + (optind - 1), words.end()});
  return read;
}

}  // namespace shm::verbs
