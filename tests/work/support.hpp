// What the tests of src/work share: working on a queue in a child process, for work() takes over the signals of its
// program, and hearing afterwards what happened there.
#pragma once
#include <csignal>
#include <cstring>
#include "object/queue_user.hpp"
#include "support/process.hpp"
#include "work/worker.hpp"

namespace test {

namespace work = shm::work;

inline constexpr std::int64_t ms = 1'000'000;

/// In memory that the child shares with the test.
struct Report {
  work::Counts counts;
  work::Event events[64];
  int told = 0;  ///< events
  bool all_done = false;
  int signal = 0;
  int exec_errno = 0;
  bool failed = false;
  shm::os::Code code{};
};

class Recorder : public work::Listener {
 public:
  explicit Recorder(Report& report) : report_(report) {}
  void event(const work::Event& event) override {
    if (event.what != work::What::started && report_.told < 64) {
      report_.events[report_.told++] = event;
    }
  }
  void counts(const work::Counts& counts) override { report_.counts = counts; }

 private:
  Report& report_;
};

/// What the child does. `words` end without a null.
inline void work_on(object::Queue& queue, Report& report, std::vector<std::string> words, work::Plan plan) {
  for (int signal = 1; signal < 32; ++signal) {
    ::signal(signal, SIG_DFL);  // Catch2 handles some
  }
  std::vector<char*> pointers;
  for (auto& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  plan.words = pointers.data();
  plan.environment = environ;
  Recorder recorder(report);
  const auto ended = work::work(queue, "jobs", plan, recorder);
  report.counts = ended.counts;
  report.all_done = ended.all_done;
  report.signal = ended.signal;
  report.exec_errno = ended.exec_errno;
  report.failed = ended.failure.has_value();
  report.code = ended.failure ? ended.failure->code : shm::os::Code::system;
}

/// A queue, and files beside it in which commands leave what they have seen.
class Work {
 public:
  explicit Work(const object::QueueLimits& limits = {}) : queue(limits) {}

  /// Works on the queue by those words until it is over.
  const Report& run(const std::vector<std::string>& words, const work::Plan& plan = {}) {
    report = {};
    const auto outcome = in_child([&] {
      auto opened = queue.open();
      work_on(opened, report, words, plan);
      return 0;
    });
    succeeds(outcome);
    return report;
  }
  const Report& run_script(const std::string& script, const work::Plan& plan = {}) {
    return run({"sh", "-c", script, "sh", "{}"}, plan);
  }
  [[nodiscard]] std::string operator/(std::string_view name) const { return directory_ / name; }
  [[nodiscard]] std::vector<std::string> lines(std::string_view name) const {
    std::vector<std::string> found;
    std::string text = exists(*this / name) ? content_of(*this / name) : "";
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      found.push_back(text.substr(0, end));
      text.erase(0, end + 1);
    }
    return found;
  }
  [[nodiscard]] std::vector<work::Event> events() const { return {&report.events[0], &report.events[report.told]}; }
  [[nodiscard]] object::QueueStats stats() { return *queue->stats(); }
  [[nodiscard]] std::vector<object::Item> items(object::ItemState state) { return *queue->items(state); }

  QueueUser queue;
  Report& report = shared<Report>();

 private:
  Directory directory_;
};

}  // namespace test
