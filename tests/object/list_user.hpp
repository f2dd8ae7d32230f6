// A list in a store of its own, in few words. For the tests of lists.
#pragma once
#include <string>
#include "bytes.hpp"
#include "catch.hpp"
#include "object/list.hpp"
#include "support/own_store.hpp"

namespace test {

namespace object = shm::object;
using Words = std::vector<std::string>;

inline std::vector<object::List::Bytes> bytes_of(const Words& words) {
  std::vector<object::List::Bytes> all;
  for (const auto& word : words) all.push_back(std::as_bytes(std::span(word)));
  return all;
}
inline Words words_of(const object::ListItems& items) {
  Words words;
  for (std::size_t i = 0; i < items.size(); ++i) words.emplace_back(items[i]);
  return words;
}

class ListUser {
 public:
  explicit ListUser(const object::ListLimits& limits = {}) {
    REQUIRE(code_of(object::List::create(*store_, "names", limits, {})) == ok);
    list_ = open();
  }
  [[nodiscard]] object::List open(shm::os::Access access = shm::os::Access::write) const {
    auto opened = object::List::open(*store_, "names", access);
    REQUIRE(code_of(opened) == ok);
    return std::move(*opened);
  }
  object::List* operator->() { return &list_; }
  object::List& operator*() { return list_; }
  [[nodiscard]] const OwnStore& store() const { return store_; }

  std::uint64_t append(const Words& words, object::End end = object::End::back) {
    const auto length = list_.add(end, bytes_of(words), 0);
    REQUIRE(code_of(length) == ok);
    return *length;
  }
  std::uint64_t insert(std::int64_t index, const Words& words) {
    const auto length = list_.insert(index, bytes_of(words), 0);
    REQUIRE(code_of(length) == ok);
    return *length;
  }
  Words pop(object::End end = object::End::back, std::uint64_t count = 1) {
    const auto items = list_.pop(end, count, 0);
    REQUIRE(code_of(items) == ok);
    return words_of(*items);
  }
  std::string pop_at(std::int64_t index) {
    const auto items = list_.pop(index, 0);
    REQUIRE(code_of(items) == ok);
    REQUIRE(items->size() == 1);
    return std::string((*items)[0]);
  }
  [[nodiscard]] Words all(const object::Slice& slice = {}) const {
    object::ListPart part;
    part.slice = slice;
    REQUIRE(code_of(list_.get(std::span(&part, 1), true)) == ok);
    return words_of(part.items);
  }
  [[nodiscard]] std::optional<std::string> get(std::int64_t index) const {
    object::ListPart part;
    part.one = true;
    part.index = index;
    REQUIRE(code_of(list_.get(std::span(&part, 1), false)) == ok);
    return part.there ? std::optional(std::string(part.items[0])) : std::nullopt;
  }
  [[nodiscard]] std::uint64_t bytes() const { return list_.stats()->bytes; }

 private:
  OwnStore store_;
  object::List list_;
};

}  // namespace test
