#include "soak/commands/liar.hpp"
#include <unistd.h>
#include <cstdlib>
#include <string_view>

namespace soak {

namespace {
constexpr const char* variable = "SOAK_LIES_ABOUT";
constexpr int one_in = 20;

// `peek` knows no --wait.
bool waits(char** argv) {
  for (; *argv != nullptr; ++argv) {
    if (std::string_view(*argv) == "--wait") {
      return true;
    }
  }
  return false;
}
}  // namespace

void prepare_liars(const char* program) { ::setenv(variable, program, 1); }

bool is_liar() { return std::getenv(variable) != nullptr; }

int lie(char** argv) {
  // shmctl --store STORE KIND VERB NAME ...
  bool known = true;
  for (int i = 0; i < 6; ++i) {
    known = known && argv[i] != nullptr;
  }
  if (known && ::getpid() % one_in == 0) {
    const std::string_view verb = argv[4];
    for (const std::string_view lost : {"append", "cas", "set", "ack", "add", "cas64"}) {
      if (verb == lost) {
        return 0;
      }
    }
    static char get[] = "get";
    static char peek[] = "peek";
    static char first[] = "0";
    if (verb == "incr" && std::string_view(argv[3]) == "dict") {
      return 0;
    }
    if (verb == "incr") {
      argv[4] = get;
      argv[6] = nullptr;
    } else if (verb == "pop" && std::string_view(argv[3]) == "list") {
      argv[4] = get;
      argv[6] = first;
      argv[7] = nullptr;
    } else if (verb == "pop" && !waits(argv)) {
      argv[4] = peek;
    }
  }
  ::execv(std::getenv(variable), argv);
  return 127;
}

}  // namespace soak
