// A dict against a std::map: the same operations, drawn at random, leave the same content.
#include <random>
#include "object/dict_user.hpp"

using namespace shm;
using object::Dict;
using os::Code;
using test::bytes_of;
using test::code_of;
using test::DictUser;
using test::ok;
using test::Pairs;

namespace {
class Pair {
 public:
  explicit Pair(unsigned seed) : random_(seed) {}

  void step() {
    const std::string key = a_key();
    const std::string value = a_value();
    const auto known = model_.find(key);
    const bool there = known != model_.end();
    switch (draw(9)) {
      case 0:
      case 1:
      case 2:
        REQUIRE(dict_.set(key, value) == ok);
        model_[key] = value;
        break;
      case 3:
        REQUIRE(dict_.remove(key) == there);
        model_.erase(key);
        break;
      case 4: add(key, there); break;
      case 5: {
        const auto swapped = dict_->swap(bytes_of(key), bytes_of(value), 0);
        REQUIRE(code_of(swapped) == (there ? ok : std::optional(Code::empty)));
        if (there) {
          REQUIRE(swapped->view() == known->second);
          known->second = value;
        }
        break;
      }
      case 6: {
        const auto got = dict_->set_default(bytes_of(key), bytes_of(value), 0);
        REQUIRE(code_of(got) == ok);
        REQUIRE(got->view() == model_.emplace(key, value).first->second);
        break;
      }
      case 7: {
        const std::string expected = there && draw(2) == 0 ? known->second : value;
        const auto code = code_of(dict_->compare_and_set(bytes_of(key), bytes_of(expected), bytes_of(value)));
        REQUIRE(code == (!there                      ? std::optional(Code::empty)
                         : known->second == expected ? ok
                                                     : std::optional(Code::lost)));
        if (code == ok) known->second = value;
        break;
      }
      default:
        // It ends in an hour, or is over at once.
        REQUIRE(dict_.set(key, value, draw(2) == 0 ? 1 : 3'600'000'000'000) == ok);
        if (dict_.get(key)) {
          model_[key] = value;
        } else {
          model_.erase(key);
        }
    }
  }

  void compare() const {
    REQUIRE(dict_.all() == model_);
    REQUIRE(dict_.len() == model_.size());
    for (std::size_t i = 0; i < 50; ++i) {
      const std::string key = "k" + std::to_string(i);
      const auto known = model_.find(key);
      REQUIRE(dict_.get(key) == (known == model_.end() ? std::nullopt : std::optional(known->second)));
    }
  }

  void clear() {
    REQUIRE(*dict_->clear() == model_.size());
    model_.clear();
  }

 private:
  void add(const std::string& key, bool there) {
    std::int64_t number = 0;
    bool is_number = true;
    if (there) {
      number = std::strtoll(model_[key].c_str(), nullptr, 10);
      is_number = std::to_string(number) == model_[key];
    }
    const std::int64_t amount = static_cast<std::int64_t>(draw(100)) - 50;
    REQUIRE(dict_.add(key, amount) == (is_number ? ok : std::optional(Code::wrong_kind)));
    if (is_number) model_[key] = std::to_string(number + amount);
  }
  std::uint64_t draw(std::uint64_t below) { return random_() % below; }
  std::string a_key() {
    const std::string key = "k" + std::to_string(draw(400));
    return draw(10) == 0 ? key + std::string(draw(300), 'k') : key;
  }
  std::string a_value() {
    switch (draw(4)) {
      case 0: return std::to_string(static_cast<std::int64_t>(draw(2000)) - 1000);
      case 1: return std::string(draw(10), 'v');
      case 2: return std::string(draw(200), 'w');
      default: return std::string(draw(20) == 0 ? draw(20'000) : draw(70), 'x');
    }
  }

  std::mt19937_64 random_;
  DictUser dict_;
  Pairs model_;
};
}  // namespace

TEST_CASE("a dict does what a map does") {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    INFO("seed " << seed);
    Pair pair(seed);
    for (int i = 1; i <= 4000; ++i) {
      pair.step();
      if (i % 500 == 0) pair.compare();
      if (i == 2500) pair.clear();
    }
    pair.compare();
  }
}
