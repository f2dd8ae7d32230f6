// A script that runs as a job of a store, in a child process of the test: supervise() takes over the signals of its
// program.
#pragma once
#include <string>
#include "guard/jobs.hpp"
#include "guard/supervise.hpp"
#include "support.hpp"

namespace test {

inline shm::guard::Plan plan_of(char* const* words) {
  shm::guard::Plan plan;
  plan.words = words;
  plan.environment = environ;
  return plan;
}

/// How the run of job "job" ended, after `change(plan)`; `check(ended)` says in the child whether that was right.
template <class Change, class Check>
int run_script(const shm::store::Store& store, const std::string& script, Change change, Check check) {
  const auto outcome = in_child([&] {
    for (int signal = 1; signal < 32; ++signal) {
      ::signal(signal, SIG_DFL);  // Catch2 handles some
    }
    auto taken = shm::guard::acquire(store, "job", want());
    CHILD_REQUIRE(taken && taken->hold && taken->hold->begin("script"));
    std::string words[] = {"sh", "-c", script};
    char* const pointers[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
    shm::guard::Plan plan = plan_of(pointers);
    change(plan);
    const auto ended = shm::guard::supervise(*taken->hold, plan);
    CHILD_REQUIRE(ended.has_value());
    CHILD_REQUIRE(!shm::guard::describe_job(store, "job")->running);
    CHILD_REQUIRE(check(*ended));
    return ended->status;
  });
  INFO(outcome.errors);
  CHECK(outcome.signal == 0);
  return outcome.exit_status;
}
template <class Change>
int run_script(const shm::store::Store& store, const std::string& script, Change change) {
  return run_script(store, script, change, [](const shm::guard::Ended&) { return true; });
}
inline int run_script(const shm::store::Store& store, const std::string& script) {
  return run_script(store, script, [](shm::guard::Plan&) {});
}

}  // namespace test
