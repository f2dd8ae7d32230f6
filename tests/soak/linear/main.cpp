// Checks that what processes see of objects while others are killed can be explained by one order of all that they did.
//   soak_linear DIRECTORY SECONDS [SEED]     DIRECTORY: empty, to make stores in; prints TAP
// First that the checker would notice: histories made by hand, and objects that have a fault.
#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include "os/clock.hpp"
#include "soak/linear/hand_made.hpp"
#include "soak/linear/rounds.hpp"

namespace {
using namespace soak::linear;
using shm::os::monotonic_ns;

constexpr std::int64_t second = 1'000'000'000;
int cases = 0;
int failures = 0;

void report(bool right, const std::string& what) {
  ++cases;
  failures += right ? 0 : 1;
  std::printf("%s %d %s\n", right ? "ok" : "not ok", cases, what.c_str());
  std::fflush(stdout);
}

void print_state(const char* when, const State& state) {
  std::printf("# %s:", when);
  for (const std::uint64_t number : state) {
    std::printf(" %lld", static_cast<long long>(number));
  }
  std::printf("\n");
}

// Several to a line: who runs all suites prints the first lines only. Times in microseconds since the first call.
void print_operations(const char* what, const Kind& kind, std::vector<Operation> operations, std::int64_t begin) {
  constexpr std::size_t to_a_line = 4;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    operations[i].called_ns = (operations[i].called_ns - begin) / 1000;
    operations[i].returned_ns = (operations[i].returned_ns - begin) / 1000;
    std::printf("%s%s%s", i % to_a_line == 0 ? what : "; ", describe(kind, operations[i]).c_str(),
                i % to_a_line == to_a_line - 1 || i + 1 == operations.size() ? "\n" : "");
  }
}

void print(const Kind& kind, const Refused& refused) {
  std::printf("# %s\n", refused.why.c_str());
  print_state("start", refused.start);
  print_state("end", refused.end);
  State state = refused.start;
  for (const auto& operation : refused.explained) {
    (void)kind.step(state, operation);
  }
  print_state("after the longest order", state);
  std::int64_t begin = refused.history.empty() ? 0 : refused.history.front().called_ns;
  for (const auto& operation : refused.history) {
    begin = std::min(begin, operation.called_ns);
  }
  print_operations("# order: ", kind, refused.explained, begin);
  print_operations("# all: ", kind, refused.history, begin);
}

const Kind* kind_of(std::string_view name) {
  for (const auto& kind : kinds()) {
    if (kind.name == name) {
      return &kind;
    }
  }
  return nullptr;
}

void try_checker() {
  for (const auto& made : hand_made()) {
    const Kind* kind = kind_of(made.kind);
    const bool right = kind != nullptr && check(kind->step, made.start, made.history, made.end) == made.expected;
    report(right, std::string(made.expected == Verdict::refused ? "refused: " : "explained: ") +
                      std::string(made.kind) + ", " + std::string(made.what));
  }
}

std::string milliseconds(std::int64_t ns) {
  char text[32];
  std::snprintf(&text[0], sizeof text, "%.2f ms", static_cast<double>(ns) / 1e6);
  return &text[0];
}

std::string figures_text(const Figures& figures) {
  return std::to_string(figures.rounds) + " histories, " + std::to_string(figures.operations) + " operations, " +
         std::to_string(figures.kills) + " kills, " + std::to_string(figures.pending) +
         " of them within an operation; the longest took " + milliseconds(figures.longest_ns) + ", with a kill " +
         milliseconds(figures.longest_kill_ns);
}
}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: soak_linear DIRECTORY SECONDS [SEED]\n");
    return 2;
  }
  const auto store = shm::store::Store::open(argv[1], ::geteuid(), shm::store::Missing::create);
  const double seconds = std::strtod(argv[2], nullptr);
  const std::uint64_t seed =
      argc > 3 ? std::strtoull(argv[3], nullptr, 10) : static_cast<std::uint64_t>(shm::os::realtime_ns());
  if (!store) {
    std::fprintf(stderr, "soak_linear: no store can be had at %s\n", argv[1]);
    return 2;
  }
  std::printf("# seed %llu\n", static_cast<unsigned long long>(seed));
  try_checker();
  std::size_t number = 0;
  const auto name = [&] { return "object-" + std::to_string(++number); };
  for (const auto& kind : broken_kinds()) {
    Figures figures;
    const auto refused = run_rounds(kind, *store, name(), monotonic_ns() + 20 * second, seed, figures);
    report(refused && refused->why == "no order explains it",
           "found: " + std::string(kind.name) + ", in " + std::to_string(figures.rounds) + " histories");
    if (refused && refused->why != "no order explains it") {
      print(kind, *refused);
    }
  }
  const auto each = static_cast<std::int64_t>(seconds * second / static_cast<double>(kinds().size()));
  for (const auto& kind : kinds()) {
    Figures figures;
    const auto refused = run_rounds(kind, *store, name(), monotonic_ns() + each, seed, figures);
    report(!refused, "explained: " + std::string(kind.name) + ", " + figures_text(figures));
    if (refused) {
      print(kind, *refused);
    }
  }
  std::printf("1..%d\n", cases);
  return failures == 0 ? 0 : 1;
}
