#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <sstream>
#include "soak/commands/workload.hpp"

namespace soak {

namespace {
// Numbers in one dict: each worker counts for itself and for all in one change, and has keys of its own that come,
// change their size, end and go. At every moment the sum of what each has counted is what all have.
class DictCounting : public Workload {
 public:
  void work(Shell& shell, std::size_t worker) override {
    const std::string self = "w" + std::to_string(worker);
    Own& own = own_[worker];
    switch (shell.random(6)) {
      case 0:
      case 1:
      case 2: {
        const auto outcome = shell.call({"dict", "incr", "counts", "all=1", self + "=1"});
        own.tried += 1;
        own.acknowledged += outcome.acknowledged() ? 1 : 0;
        break;
      }
      case 3:
        check_sums(shell, shell.call({"dict", "get", "counts", "all", "w0", "w1", "w2", "w3", "--default", "0"}));
        break;
      default: own_key(shell, self, own);
    }
  }

  void check(Shell& shell) override {
    check_sums(shell, shell.call({"dict", "get", "counts", "all", "w0", "w1", "w2", "w3", "--default", "0"}));
    for (std::size_t worker = 0; worker < workers; ++worker) {
      Own& own = own_[worker];
      const std::string self = "w" + std::to_string(worker);
      const auto counted = shell.call({"dict", "get", "counts", self, "--default", "0"});
      const std::uint64_t number = std::stoull(counted.output);
      if (number < own.acknowledged || number > own.tried) {
        shell.wrong(self + " counted " + std::to_string(number) + ", acknowledged " + std::to_string(own.acknowledged) +
                    " of " + std::to_string(own.tried));
      }
      for (auto& [key, may] : own.may) {
        expect(shell, key, may, shell.call({"dict", "get", "counts", key, "--raw"}, {0, 1}));
      }
    }
  }

 private:
  using Content = std::optional<std::string>;        // nothing: it is absent
  static constexpr std::string_view ends = "ends ";  // how a value begins that has an end
  struct Own {
    std::uint64_t tried = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t number = 0;
    std::map<std::string, std::vector<Content>> may;
  };

  static void check_sums(Shell& shell, const Outcome& outcome) {
    if (!outcome.acknowledged()) {
      return;
    }
    std::istringstream lines(outcome.output);
    std::uint64_t all = 0;
    std::uint64_t sum = 0;
    lines >> all;
    for (std::uint64_t each = 0; lines >> each;) {
      sum += each;
    }
    if (all != sum) {
      shell.wrong("all counted " + std::to_string(all) + ", each for itself " + std::to_string(sum));
    }
  }

  static void after(std::vector<Content>& may, const Outcome& outcome, const Content& content) {
    if (outcome.acknowledged()) {
      may.clear();
    }
    may.push_back(content);
  }

  static void expect(Shell& shell, const std::string& key, std::vector<Content>& may, const Outcome& outcome) {
    if (outcome.killed()) {
      return;
    }
    const Content found = outcome.status == 1 ? Content() : outcome.output;
    if (std::find(may.begin(), may.end(), found) == may.end()) {
      shell.wrong("key " + key + " holds what nobody wrote: " + found.value_or("(absent)").substr(0, 80));
    }
    may = {found};
    if (found && found->starts_with(ends)) {
      may.push_back(Content());
    }
  }

  static void own_key(Shell& shell, const std::string& self, Own& own) {
    const std::string key = self + "." + std::to_string(shell.random(40));
    auto& may = own.may.try_emplace(key, std::vector<Content>{Content()}).first->second;
    std::string value = std::to_string(++own.number) +
                        (shell.random(3) == 0 ? "" : std::string(shell.random(shell.random(10) == 0 ? 5000 : 60), 'x'));
    switch (shell.random(5)) {
      case 0:
      case 1: after(may, shell.call({"dict", "set", "counts", key, "-"}, {0}, value), value); break;
      case 2: {  // over before anybody asks, as a rule: what is found may still end
        value.insert(0, ends);
        const auto outcome = shell.call({"dict", "set", "counts", key + "=" + value, "--ttl", "1ms"});
        after(may, outcome, value);
        may.push_back(Content());
        break;
      }
      case 3: {
        const auto outcome = shell.call({"dict", "del", "counts", key}, {0, 1});
        if (outcome.status == 1 && std::find(may.begin(), may.end(), Content()) == may.end()) {
          shell.wrong("key " + key + " can't be deleted: it is not there");
        }
        after(may, outcome, Content());
        break;
      }
      default: expect(shell, key, may, shell.call({"dict", "get", "counts", key, "--raw"}, {0, 1}));
    }
  }

  std::array<Own, workers> own_;
};
}  // namespace

std::unique_ptr<Workload> dict_counting() { return std::make_unique<DictCounting>(); }

}  // namespace soak
