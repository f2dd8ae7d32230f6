// crash_harness: steps through operations and checks every state in between. README.md says how to read what it says.
//   crash_harness [--list] [--quick] [--first] [--budget SECONDS] [--seed N] [--part I/N] [--all] [KIND[/WORKLOAD]...]
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>
#include "check.hpp"
#include "os/clock.hpp"
#include "report.hpp"
#include "several.hpp"
#include "special.hpp"
#include "step.hpp"

using namespace crash;

namespace {

struct Options {
  bool list = false;
  bool quick = false;
  double budget = 10;
  std::uint64_t seed = 1;
  std::size_t part = 0;  // of so many parts, of which another process does each
  std::size_t parts = 1;
  bool all = false;
  std::vector<std::string> only;
};

Options parse(int count, char** words) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const auto number = [&]() -> std::string { return ++i < count ? words[i] : ""; };
    if (word == "--list")
      options.list = true;
    else if (word == "--quick")
      options.quick = true;
    else if (word == "--first")
      first_only = true;
    else if (word == "--all")
      options.all = true;
    else if (word == "--budget")
      options.budget = std::stod(number());
    else if (word == "--seed")
      options.seed = std::stoull(number());
    else if (word == "--part") {
      const std::string fraction = number();
      options.part = std::stoull(fraction);
      options.parts = std::stoull(fraction.substr(fraction.find('/') + 1));
    } else if (word.starts_with("-"))
      give_up("no such option: " + word);
    else
      options.only.push_back(word);
  }
  return options;
}

bool wanted(const Options& options, const std::string& kind, const Workload& workload) {
  if (options.only.empty()) {
    return !options.quick || workload.quick;
  }
  for (const auto& each : options.only) {
    if (each == kind || each == kind + "/" + workload.name) {
      return true;
    }
  }
  return false;
}

/// The workloads that this process tries.
std::vector<std::pair<Kind, Workload>> chosen(const Options& options) {
  std::vector<std::pair<Kind, Workload>> workloads;
  std::size_t number = 0;
  for (const auto& kind : all_kinds()) {
    for (const auto& workload : kind.workloads) {
      if (wanted(options, kind.name, workload) && number++ % options.parts == options.part) {
        workloads.emplace_back(kind, workload);
      }
    }
  }
  return workloads;
}

void try_one(const Kind& kind, const Workload& workload, const Effort& effort) {
  where = kind.name + "/" + workload.name;
  Trial(kind, workload, effort).run();
}

void try_all(const Options& options) {
  const auto now = [] { return shm::os::monotonic_ns(); };
  const std::int64_t end = now() + static_cast<std::int64_t>(options.budget * 1e9);
  const auto workloads = chosen(options);
  auto left = static_cast<std::int64_t>(workloads.size());
  if (options.part == 0) race_checks(options.only, options.quick, now() + (end - now()) / 5);
  if (options.part == options.parts - 1) waking_checks(options.only);
  several_checks(options.only, options.quick, options.part, options.parts, now() + (end - now()) / 4);
  for (const auto& [kind, workload] : workloads) {
    Effort effort;
    if (options.quick)
      effort = {4, 1, 8, 0};
    else
      effort.until_ns = now() + std::max<std::int64_t>(0, end - now()) / left;
    if (options.all) effort = {~std::uint64_t{0}, 20, 400, 0};
    --left;
    try_one(kind, workload, effort);
  }
  const auto any = raw_kind();
  // What time is left goes to workloads that are made up.
  for (std::uint64_t seed = options.seed * 1000 + options.part; options.only.empty() && !options.quick && now() < end;
       seed += options.parts) {
    Effort effort;
    effort.until_ns = end;
    try_one(any, random_workload(seed), effort);
  }
  for (const auto& each : options.only) {
    if (each.starts_with("raw/seed ")) {
      try_one(any, random_workload(std::stoull(each.substr(9))), {});
    }
  }
}
}  // namespace

int main(int count, char** words) {
  Options options;
  try {
    options = parse(count, words);
  } catch (const GivenUp&) {
    return 2;
  }
  if (options.list) {
    for (const auto& kind : all_kinds()) {
      for (const auto& workload : kind.workloads) std::printf("%s/%s\n", kind.name.c_str(), workload.name.c_str());
    }
    return 0;
  }
  if (const char* why = can_step(); why != nullptr) {
    std::printf("skip %s\n", why);
    return 0;
  }
  const std::int64_t began = shm::os::monotonic_ns();
  try {
    try_all(options);
  } catch (int) {  // the first failure is enough
  } catch (const GivenUp&) {
    return 2;
  }
  std::printf("instructions %llu states %llu recoveries %llu races %llu failures %llu seconds %.1f\n",
              static_cast<unsigned long long>(figures.instructions), static_cast<unsigned long long>(figures.states),
              static_cast<unsigned long long>(figures.recoveries), static_cast<unsigned long long>(figures.races),
              static_cast<unsigned long long>(figures.failures),
              static_cast<double>(shm::os::monotonic_ns() - began) / 1e9);
  return figures.failures == 0 ? 0 : 1;
}
