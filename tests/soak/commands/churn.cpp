#include <chrono>
#include <filesystem>
#include "soak/commands/workload.hpp"

namespace soak {

namespace {
// Objects of all kinds that come and go under the same few names. Afterwards none is damaged, each name is free again,
// and of what killed calls left behind doctor leaves nothing.
class Churning : public Workload {
 public:
  void work(Shell& shell, std::size_t /*worker*/) override {
    const std::string name = "churn-" + std::to_string(shell.random(3));
    switch (shell.random(8)) {
      case 0: shell.call({"counter", "create", name, "5", "--min", "5"}, {0, 1, 3}); break;
      case 1: shell.call({"value", "create", name, "1.5", "--type", "float"}, {0, 1, 3}); break;
      case 2: shell.call({"counter", "incr", name}, {0, 3}); break;
      case 3: shell.call({"queue", "push", name, "one", "two"}, {0, 3}); break;
      case 4: shell.call({"value", "append", name, "more"}, {0, 3}); break;
      case 5: shell.call({"value", "getdel", name}, {0, 1, 3}); break;
      default: shell.call({"rm", "--force", name}); break;
    }
  }

  void check(Shell& shell) override {
    for (int i = 0; i < 3; ++i) {
      const std::string name = "churn-" + std::to_string(i);
      shell.call({"rm", "--force", name});
      shell.call({"counter", "create", name, "5"});
      shell.call({"rm", name});
    }
    // doctor leaves alone what is younger than a minute.
    for (const auto& entry : std::filesystem::directory_iterator(shell.store())) {
      std::filesystem::last_write_time(entry, entry.last_write_time() - std::chrono::minutes(2));
    }
    shell.call({"doctor", "--fix"});
    for (const auto& entry : std::filesystem::directory_iterator(shell.store())) {
      const auto file = entry.path().filename().string();
      if (file.starts_with("churn-")) {
        shell.wrong("left behind: " + file);
      }
    }
  }
};
}  // namespace

std::unique_ptr<Workload> churning() { return std::make_unique<Churning>(); }

}  // namespace soak
