// Random operations on a list and on a model of it, which must agree after each.
#include <algorithm>
#include <random>
#include "catch.hpp"
#include "object/list_user.hpp"

using namespace shm::object;
using shm::os::Code;
using test::bytes_of;
using test::code_of;
using test::ListUser;
using test::ok;
using test::Words;

namespace {
class Trial {
 public:
  explicit Trial(unsigned seed) : random_(seed) {}

  void step() {
    switch (below(14)) {
      case 0: add(End::back, words(below(4))); break;
      case 1: add(End::front, words(below(4))); break;
      case 2: add(below(2) == 0 ? End::front : End::back, words(below(1500))); break;
      case 3: insert(words(1 + below(3))); break;
      case 4: insert(words(below(900))); break;
      case 5: pop(End::back, 1 + below(4)); break;
      case 6: pop(End::front, 1 + below(below(8) == 0 ? 900 : 4)); break;
      case 7:
      case 8: pop_one(); break;
      case 9: set(); break;
      case 10: set_slice(); break;
      case 11: remove(); break;
      case 12: rarely(); break;
      default: look(); break;
    }
  }
  void check() {
    REQUIRE(*list_->len() == model_.size());
    std::uint64_t size = 0;
    for (const auto& word : model_) size += word.size();
    REQUIRE(list_.bytes() == size);
    REQUIRE((list_.all() == model_));
  }

 private:
  std::size_t below(std::size_t most) { return most == 0 ? 0 : random_() % most; }
  std::int64_t index() {  // a few of them outside
    const auto length = static_cast<std::int64_t>(model_.size());
    return std::uniform_int_distribution<std::int64_t>(-length - 3, length + 3)(random_);
  }
  std::string word() {
    std::string word = std::to_string(below(60));
    if (below(3) == 0) word.append(below(40), 'x');
    return below(30) == 0 ? "" : word;
  }
  Words words(std::size_t count) {
    Words all;
    while (all.size() < count) all.push_back(word());
    return all;
  }
  [[nodiscard]] auto at(std::int64_t place) { return model_.begin() + place; }

  void add(End end, const Words& more) {
    REQUIRE(list_.append(more, end) == model_.size() + more.size());
    model_.insert(end == End::back ? model_.end() : model_.begin(), more.begin(), more.end());
  }
  void insert(const Words& more) {
    const auto length = static_cast<std::int64_t>(model_.size());
    const std::int64_t wanted = index();
    REQUIRE(list_.insert(wanted, more) == model_.size() + more.size());
    const auto place = wanted < 0 ? std::max<std::int64_t>(0, wanted + length) : std::min(wanted, length);
    model_.insert(at(place), more.begin(), more.end());
  }
  void pop(End end, std::size_t count) {
    if (model_.empty()) {
      REQUIRE(code_of(list_->pop(end, count, 0)) == Code::empty);
      return;
    }
    Words expected;
    for (; count > 0 && !model_.empty(); --count) {
      const auto place = end == End::back ? model_.end() - 1 : model_.begin();
      expected.push_back(*place);
      model_.erase(place);
    }
    REQUIRE((list_.pop(end, expected.size()) == expected));
  }
  void pop_one() {
    const auto length = static_cast<std::int64_t>(model_.size());
    const std::int64_t wanted = index();
    const std::int64_t place = wanted < 0 ? wanted + length : wanted;
    if (place < 0 || place >= length) {
      REQUIRE(code_of(list_->pop(wanted, 0)) == Code::empty);
      return;
    }
    REQUIRE(list_.pop_at(wanted) == model_[static_cast<std::size_t>(place)]);
    model_.erase(at(place));
  }
  void set() {
    std::vector<List::Replacement> items;
    const Words more = words(1 + below(3));
    Words after = model_;
    bool all = true;
    for (const auto& each : more) {
      const std::int64_t wanted = index();
      items.push_back({wanted, bytes_of(each)});
      const auto place =
          static_cast<std::size_t>(wanted < 0 ? wanted + static_cast<std::int64_t>(after.size()) : wanted);
      all = all && place < after.size();
      if (all) after[place] = each;
    }
    REQUIRE(code_of(list_->set(items)) == (all ? ok : Code::empty));
    if (all) model_ = after;
  }
  Slice slice() {
    Slice wanted;
    if (below(4) != 0) wanted.from = index();
    if (below(4) != 0) wanted.to = index();
    return wanted;
  }
  void set_slice() {
    Slice wanted = slice();
    if (below(4) == 0) wanted.step = static_cast<std::int64_t>(below(7)) - 3;
    if (wanted.step == 0) wanted.step = 2;
    const auto range = wanted.of(model_.size());
    const Words more = words(below(6) == 0 ? below(1200) : below(2) == 0 ? range.count : below(5));
    if (wanted.step != 1 && more.size() != range.count) {
      REQUIRE(code_of(list_->set(wanted, bytes_of(more))) == Code::range);
      return;
    }
    const auto length = list_->set(wanted, bytes_of(more));
    REQUIRE(code_of(length) == ok);
    if (wanted.step == 1) {
      model_.erase(at(range.first), at(range.first + static_cast<std::int64_t>(range.count)));
      model_.insert(at(range.first), more.begin(), more.end());
    } else {
      for (std::size_t i = 0; i < more.size(); ++i) {
        model_[static_cast<std::size_t>(range.first + static_cast<std::int64_t>(i) * wanted.step)] = more[i];
      }
    }
    REQUIRE(*length == model_.size());
  }
  void remove() {
    const std::string wanted = word();
    const bool all = below(3) == 0;
    const auto there = static_cast<std::uint64_t>(std::count(model_.begin(), model_.end(), wanted));
    const auto removed = list_->remove(bytes_of(wanted), all);
    if (there == 0) {
      REQUIRE(code_of(removed) == Code::lost);
      return;
    }
    REQUIRE(*removed == (all ? there : 1));
    if (all) {
      std::erase(model_, wanted);
    } else {
      model_.erase(std::find(model_.begin(), model_.end(), wanted));
    }
  }
  void rarely() {
    switch (below(8)) {
      case 0:
        REQUIRE(code_of(list_->reverse()) == ok);
        std::reverse(model_.begin(), model_.end());
        break;
      case 1:
        REQUIRE(code_of(list_->sort(List::Order::bytes, false)) == ok);
        std::sort(model_.begin(), model_.end());
        break;
      case 2:
        REQUIRE(*list_->clear() == model_.size());
        model_.clear();
        break;
      default: break;
    }
  }
  void look() {
    const std::string wanted = word();
    REQUIRE(*list_->count(bytes_of(wanted)) ==
            static_cast<std::uint64_t>(std::count(model_.begin(), model_.end(), wanted)));
    const auto first = std::find(model_.begin(), model_.end(), wanted);
    const auto found = list_->index(bytes_of(wanted), 0);
    REQUIRE(code_of(found) == (first == model_.end() ? Code::lost : ok));
    REQUIRE((!found || *found == static_cast<std::uint64_t>(first - model_.begin())));
    Slice some = slice();
    some.step = below(2) == 0 ? -1 - static_cast<std::int64_t>(below(4)) : 1 + static_cast<std::int64_t>(below(4));
    const auto range = some.of(model_.size());
    Words expected;
    for (std::uint64_t i = 0; i < range.count; ++i) {
      expected.push_back(model_[static_cast<std::size_t>(range.first + static_cast<std::int64_t>(i) * some.step)]);
    }
    REQUIRE((list_.all(some) == expected));
  }

  ListUser list_;
  Words model_;
  std::mt19937 random_;
};
}  // namespace

TEST_CASE("a list and a model of it agree after every operation") {
  const auto seed = GENERATE(range(1U, 6U));
  CAPTURE(seed);
  Trial trial(seed);
  for (int i = 0; i < 300; ++i) {
    CAPTURE(i);
    trial.step();
    trial.check();
  }
}
