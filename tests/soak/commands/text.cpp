#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include "soak/commands/workload.hpp"

namespace soak {

namespace {
// A word of a worker's own, as long as chance will have it; it shows where it ends.
std::string word_of(Shell& shell, std::size_t worker, std::uint64_t number) {
  const std::string mark = std::to_string(worker) + "." + std::to_string(number);
  const std::uint64_t size = shell.random(30) == 0 ? shell.random(5000) : shell.random(40);
  return "<" + mark + ":" + std::string(size, static_cast<char>('a' + number % 26)) + ":" + mark + ">";
}

// The pieces of a content that was put together of words; none if it is not whole.
std::vector<std::string> words_in(const std::string& content) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = content.find('>', at);
    if (content[at] != '<' || end == std::string::npos) {
      return {};
    }
    words.push_back(content.substr(at, end + 1 - at));
    at = end + 1;
  }
  return words;
}

std::string without_newline(std::string text) {
  if (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

// One text that all append to. At the end each word that was acknowledged is there once, in its worker's order.
class Appending : public Workload {
 public:
  void work(Shell& shell, std::size_t worker) override {
    Own& own = own_[worker];
    if (shell.random(60) == 0) {
      const auto seen = shell.call({"value", "get", "log"}, {0, 1});
      if (seen.acknowledged() && words_in(without_newline(seen.output)).empty()) {
        shell.wrong("a text is not made of whole words");
      }
      return;
    }
    const std::string word = word_of(shell, worker, own.words.size());
    const auto outcome = shell.random(2) == 0 ? shell.call({"value", "append", "log", word})
                                              : shell.call({"value", "append", "log", "-"}, {0}, word);
    own.words.push_back(word);
    own.acknowledged.push_back(outcome.acknowledged());
  }

  void check(Shell& shell) override {
    const auto words = words_in(without_newline(shell.call({"value", "get", "log"}, {0, 1}).output));
    std::array<std::size_t, workers> next{};
    for (const auto& word : words) {
      const auto worker = static_cast<std::size_t>(word[1] - '0');
      if (worker >= workers) {
        shell.wrong("nobody wrote " + word.substr(0, 60));
        return;
      }
      const Own& own = own_[worker];
      auto& at = next[worker];
      while (at < own.words.size() && own.words[at] != word) {  // those before it must be killed ones
        if (own.acknowledged[at]) {
          shell.wrong("lost or doubled: " + own.words[at].substr(0, 60));
        }
        ++at;
      }
      ++at;
    }
    for (std::size_t worker = 0; worker < workers; ++worker) {
      const Own& own = own_[worker];
      for (std::size_t i = next[worker]; i < own.words.size(); ++i) {
        if (own.acknowledged[i]) {
          shell.wrong("lost: " + own.words[i].substr(0, 60));
        }
      }
    }
  }

 private:
  struct Own {
    std::vector<std::string> words;
    std::vector<bool> acknowledged;
  };
  std::array<Own, workers> own_;
};

// One text that all compare and set. Each content says which one it took the place of: so all that was acknowledged
// must be in one chain that ends with the last.
class Comparing : public Workload {
 public:
  void prepare(Shell& shell) override { shell.call({"value", "create", "chain", "0>", "--type", "text"}); }

  void work(Shell& shell, std::size_t worker) override {
    const auto before = shell.call({"value", "get", "chain"});
    if (!before.acknowledged()) {
      return;
    }
    const std::string old = without_newline(before.output);
    Own& own = own_[worker];
    const std::string name = std::to_string(worker) + "." + std::to_string(++own.number);
    const std::string next = name + ">" + name_of(old) + "!" + std::string(shell.random(2000), 'x');
    const auto outcome = shell.call({"value", "cas", "chain", old, next}, {0, 1});
    if (outcome.acknowledged()) {
      own.acknowledged.push_back(name);
    }
    own.before[name] = name_of(old);
  }

  void check(Shell& shell) override {
    std::map<std::string, std::string> before;
    std::set<std::string> missing;
    for (auto& own : own_) {
      before.merge(own.before);
      missing.insert(own.acknowledged.begin(), own.acknowledged.end());
    }
    std::string name = name_of(shell.call({"value", "get", "chain"}).output);
    while (before.contains(name)) {
      missing.erase(name);
      const auto used = before.extract(name);
      name = used.mapped();
    }
    if (name != "0" || !missing.empty()) {
      shell.wrong("the chain ends at " + name + "; " + std::to_string(missing.size()) + " acknowledged are not in it");
    }
  }

 private:
  static std::string name_of(const std::string& content) { return content.substr(0, content.find('>')); }
  struct Own {
    std::uint64_t number = 0;
    std::map<std::string, std::string> before;
    std::vector<std::string> acknowledged;
  };
  std::array<Own, workers> own_;
};

// A text for each worker, which is set, appended to, and read and removed in one step. What it may hold is known.
class Owning : public Workload {
 public:
  void work(Shell& shell, std::size_t worker) override {
    auto& may = may_[worker];
    const std::string name = "own-" + std::to_string(worker);
    const std::string word = word_of(shell, worker, ++numbers_[worker]);
    switch (shell.random(4)) {
      case 0:
        after(may, shell.call({"value", "set", name, "-", "--type", "text"}, {0}, word),
              [&](const Content&) { return word; });
        break;
      case 1:
        after(may, shell.call({"value", "append", name, word}),
              [&](const Content& before) { return before.value_or("") + word; });
        break;
      case 2: {
        const auto outcome = shell.call({"value", "getdel", name}, {0, 1});
        expect(shell, may, outcome);
        if (outcome.status != 1) {
          after(may, outcome, [](const Content&) { return Content(); });
        }
        break;
      }
      default: expect(shell, may, shell.call({"value", "get", name}, {0, 1}));
    }
  }

  void check(Shell& shell) override {
    for (std::size_t worker = 0; worker < workers; ++worker) {
      expect(shell, may_[worker], shell.call({"value", "get", "own-" + std::to_string(worker)}, {0, 1}));
    }
  }

 private:
  using Content = std::optional<std::string>;  // nothing: it is absent

  template <class Change>
  static void after(std::vector<Content>& may, const Outcome& outcome, Change change) {
    std::vector<Content> then;
    for (const auto& before : may) {
      then.push_back(change(before));
    }
    if (!outcome.acknowledged()) {
      then.insert(then.end(), may.begin(), may.end());
    }
    may = then;
  }

  static void expect(Shell& shell, std::vector<Content>& may, const Outcome& outcome) {
    if (outcome.killed()) {
      return;
    }
    const Content found = outcome.status == 1 ? Content() : without_newline(outcome.output);
    if (std::find(may.begin(), may.end(), found) == may.end()) {
      shell.wrong("a text of one worker's own holds what it did not write: " +
                  found.value_or("(absent)").substr(0, 80));
    }
    may = {found};
  }

  std::array<std::vector<Content>, workers> may_ = {{{Content()}, {Content()}, {Content()}, {Content()}}};
  std::array<std::uint64_t, workers> numbers_{};
};
}  // namespace

std::unique_ptr<Workload> appending() { return std::make_unique<Appending>(); }
std::unique_ptr<Workload> comparing() { return std::make_unique<Comparing>(); }
std::unique_ptr<Workload> owning() { return std::make_unique<Owning>(); }

}  // namespace soak
