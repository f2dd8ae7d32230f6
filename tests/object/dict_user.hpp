// A dict in a store of its own, in few words. For the tests of dicts.
#pragma once
#include <map>
#include <string>
#include "bytes.hpp"
#include "catch.hpp"
#include "object/dict.hpp"
#include "support/own_store.hpp"

namespace test {

namespace object = shm::object;
using Words = std::vector<std::string>;
using Pairs = std::map<std::string, std::string>;

class DictUser {
 public:
  explicit DictUser(const object::DictLimits& limits = {}) {
    REQUIRE(code_of(object::Dict::create(*store_, "names", limits, {})) == ok);
    dict_ = open();
  }
  [[nodiscard]] object::Dict open(shm::os::Access access = shm::os::Access::write) const {
    auto opened = object::Dict::open(*store_, "names", access);
    REQUIRE(code_of(opened) == ok);
    return std::move(*opened);
  }
  object::Dict* operator->() { return &dict_; }
  object::Dict& operator*() { return dict_; }
  [[nodiscard]] const OwnStore& store() const { return store_; }

  std::optional<shm::os::Code> set(std::string_view key, std::string_view value, std::int64_t ttl_ns = 0,
                                   object::Dict::When when = object::Dict::When::always) {
    const object::Dict::Pair pair = {bytes_of(key), bytes_of(value)};
    return code_of(dict_.set(std::span(&pair, 1), ttl_ns, when));
  }
  std::optional<shm::os::Code> add(std::string_view key, std::int64_t amount, std::int64_t* sum = nullptr) {
    const object::Dict::Amount one = {bytes_of(key), amount};
    std::int64_t result = 0;
    const auto code = code_of(dict_.add(std::span(&one, 1), std::span(&result, 1)));
    if (sum != nullptr) *sum = result;
    return code;
  }
  [[nodiscard]] std::optional<std::string> get(std::string_view key) const {
    const auto value = dict_.get(bytes_of(key));
    if (!value) {
      REQUIRE(code_of(value) == shm::os::Code::empty);
      return std::nullopt;
    }
    return std::string(value->view());
  }
  bool remove(std::string_view key) {
    const auto bytes = bytes_of(key);
    const auto removed = dict_.remove(std::span(&bytes, 1), 0);
    return removed && *removed == 1;
  }
  [[nodiscard]] Pairs all(std::string_view prefix = "") const {
    const auto items = dict_.items(prefix);
    REQUIRE(code_of(items) == ok);
    Pairs pairs;
    for (std::size_t i = 0; i < items->size(); ++i) {
      REQUIRE(pairs.emplace(std::string(items->key(i)), std::string(items->value(i))).second);
      REQUIRE((i == 0 || items->key(i - 1) < items->key(i)));
    }
    return pairs;
  }
  [[nodiscard]] std::uint64_t len() const { return *dict_.len(); }
  [[nodiscard]] std::uint64_t bytes() const { return dict_.stats()->bytes; }

 private:
  OwnStore store_;
  object::Dict dict_;
};

}  // namespace test
