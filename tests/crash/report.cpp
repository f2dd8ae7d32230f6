#include "report.hpp"
#include <cstdio>

namespace crash {

Figures figures;
std::string where;
bool first_only = false;

namespace {
constexpr std::uint64_t most_told = 20;
}

void failure(const std::string& what) {
  if (figures.failures++ < most_told) {
    std::printf("# %s: %s\n", where.c_str(), what.c_str());
    std::fflush(stdout);
  }
  if (first_only) {
    throw 1;
  }
}

void give_up(const std::string& what) {
  std::fprintf(stderr, "crash_harness: %s: %s\n", where.c_str(), what.c_str());
  throw GivenUp();
}

std::string text(const shm::os::Error& error) {
  return std::string(error.attempt) + " " + error.object + ": " +
         (error.why != nullptr ? error.why : "errno " + std::to_string(error.sys_errno));
}

}  // namespace crash
