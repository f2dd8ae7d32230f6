// As many things as a call has words, for hot verbs: a few of them without an allocation. One thread at a time.
#pragma once
#include <span>
#include <vector>

namespace shm::hot {

template <class Thing>
class Several {
 public:
  explicit Several(std::size_t number) : number_(number) {
    if (number > few) {
      many_.resize(number);
    }
  }
  Several(const Several&) = delete;
  Several& operator=(const Several&) = delete;

  [[nodiscard]] std::span<Thing> get() noexcept {
    return number_ > few ? std::span<Thing>(many_) : std::span<Thing>(&few_[0], number_);
  }
  Thing& operator[](std::size_t number) noexcept { return get()[number]; }

 private:
  static constexpr std::size_t few = 4;
  std::size_t number_;
  std::vector<Thing> many_;
  Thing few_[few] = {};
};

}  // namespace shm::hot
